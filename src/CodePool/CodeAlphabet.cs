using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using CodePool.Internal.Generation;

namespace CodePool;

/// <summary>The symbols that the random part of a code is drawn from, each with the same probability.</summary>
/// <remarks>Immutable. Two alphabets are equal when their symbols are the same in the same order.</remarks>
public sealed class CodeAlphabet : IEquatable<CodeAlphabet>
{
    private readonly SearchValues<char> _lookup;

    /// <summary>Makes an alphabet of the given symbols.</summary>
    /// <param name="symbols">2 to 94 distinct printable ASCII symbols, <c>!</c> to <c>~</c>; upper and lower case are distinct.</param>
    /// <exception cref="ArgumentNullException"><paramref name="symbols"/> is null.</exception>
    /// <exception cref="ArgumentException">There are too few symbols, one occurs twice, or one is not printable ASCII.</exception>
    public CodeAlphabet(string symbols)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        if (AlphabetRules.FindProblem(symbols) is { } problem)
            throw new ArgumentException(problem, nameof(symbols));

        Symbols = symbols;
        _lookup = SearchValues.Create(symbols);
    }

    /// <summary>Crockford's Base32, <c>0123456789ABCDEFGHJKMNPQRSTVWXYZ</c>: 32 symbols without I, L, O and U; 5 bits a symbol.</summary>
    /// <remarks>Source: Douglas Crockford, "Base 32", https://www.crockford.com/base32.html.</remarks>
    public static CodeAlphabet Crockford { get; } = new("0123456789ABCDEFGHJKMNPQRSTVWXYZ");

    /// <summary>The ten decimal digits; 3.32 bits a symbol.</summary>
    public static CodeAlphabet Digits { get; } = new("0123456789");

    /// <summary>The sixteen hexadecimal digits in upper case; 4 bits a symbol.</summary>
    public static CodeAlphabet Hex { get; } = new("0123456789ABCDEF");

    /// <summary>Bitcoin's Base58: digits and letters of both cases without 0, O, I and l; 5.86 bits a symbol. Case matters.</summary>
    /// <remarks>Source: "The Base58 Encoding Scheme", draft-msporny-base58, table 1.</remarks>
    public static CodeAlphabet Base58 { get; } = new("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");

    /// <summary>
    /// 22 symbols to be read aloud and written by hand: no vowels and no Y, so no words by accident,
    /// and one at most of what looks alike (0 O Q, 1 I L, 2 Z, 5 S, 6 G, 8 B); 4.46 bits a symbol.
    /// </summary>
    public static CodeAlphabet Unambiguous { get; } = new("23456789CDFHJKMNPRTVWX");

    /// <summary>The symbols, in their order.</summary>
    public string Symbols { get; }

    /// <summary>How many symbols there are: 2 to 94.</summary>
    public int Size => Symbols.Length;

    /// <summary>Finds an alphabet for a text from a configuration: <c>CodeAlphabet.Parse("Crockford")</c>.</summary>
    /// <param name="nameOrSymbols">
    /// <c>Crockford</c>, <c>Digits</c>, <c>Hex</c>, <c>Base58</c> or <c>Unambiguous</c> in any case; anything else is taken for the symbols themselves.
    /// </param>
    /// <returns>The named alphabet, or a new one of these symbols.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="nameOrSymbols"/> is null.</exception>
    /// <exception cref="ArgumentException">It is neither a name nor valid as symbols.</exception>
    public static CodeAlphabet Parse(string nameOrSymbols)
    {
        ArgumentNullException.ThrowIfNull(nameOrSymbols);
        if (FindNamed(nameOrSymbols) is { } named)
            return named;
        if (AlphabetRules.FindProblem(nameOrSymbols) is { } problem)
            throw new ArgumentException(AlphabetRules.NotAName + problem, nameof(nameOrSymbols));

        return new CodeAlphabet(nameOrSymbols);
    }

    /// <summary>Whether a character is one of the symbols. Upper and lower case are distinct.</summary>
    /// <param name="symbol">The character to look for.</param>
    /// <returns>True when it is one of <see cref="Symbols"/>.</returns>
    public bool Contains(char symbol) => _lookup.Contains(symbol);

    /// <summary>Whether the other alphabet has the same symbols in the same order.</summary>
    /// <param name="other">The alphabet to compare with.</param>
    /// <returns>True when the symbols are equal, compared ordinally.</returns>
    public bool Equals([NotNullWhen(true)] CodeAlphabet? other) => other is not null && Symbols == other.Symbols;

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as CodeAlphabet);

    /// <inheritdoc/>
    public override int GetHashCode() => Symbols.GetHashCode(StringComparison.Ordinal);

    /// <summary>The symbols, in their order.</summary>
    /// <returns><see cref="Symbols"/>.</returns>
    public override string ToString() => Symbols;

    private static CodeAlphabet? FindNamed(string name) => name.ToUpperInvariant() switch
    {
        "CROCKFORD" => Crockford,
        "DIGITS" => Digits,
        "HEX" => Hex,
        "BASE58" => Base58,
        "UNAMBIGUOUS" => Unambiguous,
        _ => null,
    };
}
