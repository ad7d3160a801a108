using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using CodePool.Internal.Generation;

namespace CodePool;

/// <summary>What the codes of a pool look like: random symbols of one alphabet, with literals between them.</summary>
/// <remarks>Immutable and safe for concurrent use. Two formats are equal when alphabet and pattern are.</remarks>
public sealed class CodeFormat : IEquatable<CodeFormat>
{
    private readonly TypedCodeReader _reader;

    /// <summary>Makes a format of random symbols only: <c>new CodeFormat(CodeAlphabet.Crockford, 12)</c>.</summary>
    /// <param name="alphabet">What the symbols are drawn from.</param>
    /// <param name="length">How many symbols a code has: 1 to 64.</param>
    /// <exception cref="ArgumentNullException"><paramref name="alphabet"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is not 1 to 64.</exception>
    public CodeFormat(CodeAlphabet alphabet, int length)
        : this(alphabet, PatternTemplate.OfRandomSymbols(length))
    {
    }

    private CodeFormat(CodeAlphabet alphabet, PatternTemplate template)
    {
        ArgumentNullException.ThrowIfNull(alphabet);
        Alphabet = alphabet;
        Template = template;
        Keyspace = BigInteger.Pow(alphabet.Size, template.RandomLength);
        _reader = new TypedCodeReader(alphabet, template);
    }

    /// <summary>The symbols the random part is drawn from.</summary>
    public CodeAlphabet Alphabet { get; }

    /// <summary>The pattern: <c>#</c> is a random symbol, <c>\#</c> and <c>\\</c> are a literal <c>#</c> and <c>\</c>, all else is literal.</summary>
    public string Pattern => Template.Pattern;

    /// <summary>The length of a code in characters, literals included: 1 to 64.</summary>
    public int Length => Template.Places.Length;

    /// <summary>How many of the characters are random symbols: 1 to <see cref="Length"/>.</summary>
    public int RandomLength => Template.RandomLength;

    /// <summary>How many different codes there are: alphabet size to the power of <see cref="RandomLength"/>.</summary>
    public BigInteger Keyspace { get; }

    /// <summary>The entropy of a code in bits: log2 of <see cref="Keyspace"/>, as every code is equally likely.</summary>
    public double EntropyBits => RandomLength * Math.Log2(Alphabet.Size);

    internal PatternTemplate Template { get; }

    /// <summary>Makes a format from a pattern: <c>CodeFormat.FromPattern("SPRING-####-####")</c>.</summary>
    /// <param name="pattern">
    /// <c>#</c> for a random symbol, <c>\#</c> for a literal <c>#</c>, <c>\\</c> for a literal backslash; any other printable ASCII character is literal.
    /// At least one random symbol, no space at either end, and 1 to 64 characters once rendered.
    /// </param>
    /// <param name="alphabet">What the random symbols are drawn from; <see cref="CodeAlphabet.Crockford"/> when null.</param>
    /// <returns>The format.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pattern"/> is null.</exception>
    /// <exception cref="ArgumentException">The pattern breaks one of the rules above; the message says which.</exception>
    public static CodeFormat FromPattern(string pattern, CodeAlphabet? alphabet = null) =>
        new(alphabet ?? CodeAlphabet.Crockford, PatternTemplate.Parse(pattern));

    /// <summary>The probability that one random guess of this format hits one of the codes that are out.</summary>
    /// <param name="codesOut">How many codes a guess could hit; not negative.</param>
    /// <returns><c>min(1, codesOut / Keyspace)</c>; k guesses hit with probability k times this at most (union bound).</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="codesOut"/> is negative.</exception>
    public double GuessProbability(long codesOut)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(codesOut);
        return Math.Min(1, codesOut / (double)Keyspace);
    }

    /// <summary>Whether a text is exactly a code of this format: length, literals, symbols, case.</summary>
    /// <param name="code">The text.</param>
    /// <returns>True for a code of the format, whether or not it was ever generated.</returns>
    public bool IsMatch(ReadOnlySpan<char> code)
    {
        if (code.Length != Length)
            return false;

        for (int i = 0; i < code.Length; i++)
        {
            char place = Template.Places[i];
            if (place == PatternTemplate.Random ? !Alphabet.Contains(code[i]) : code[i] != place)
                return false;
        }

        return true;
    }

    /// <summary>Reads a code as a person typed it.</summary>
    /// <remarks>
    /// Forgiven are white space anywhere; dashes and the pattern's punctuation, too many or too few; the pattern's letters and digits, if
    /// all of them are left out; the wrong case; and O for 0, I or L for 1 (Crockford's rule). Each only where it cannot turn one code
    /// into another: a dash that is a symbol must be typed, case matters for a letter that the alphabet has in both cases, an O is
    /// not a 0 if the alphabet has an O. A code of the format always comes back unchanged.
    /// </remarks>
    /// <param name="input">What was typed.</param>
    /// <param name="code">The code that was meant, in its exact form; null when there is none.</param>
    /// <returns>True when a code of the format is meant, whether or not it was ever generated.</returns>
    public bool TryNormalize(string? input, [NotNullWhen(true)] out string? code)
    {
        code = input is null ? null : IsMatch(input) ? input : _reader.Read(input);
        return code is not null;
    }

    /// <summary>Whether the other format has the same alphabet and the same pattern.</summary>
    /// <param name="other">The format to compare with.</param>
    /// <returns>True when alphabet (order included) and pattern are equal.</returns>
    public bool Equals([NotNullWhen(true)] CodeFormat? other) =>
        other is not null && Pattern == other.Pattern && Alphabet.Equals(other.Alphabet);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as CodeFormat);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Alphabet, Pattern);

    /// <summary>The canonical text of the format: the alphabet's symbols, a space, the pattern.</summary>
    /// <returns>A text of 4 to 222 ASCII characters, equal for two formats exactly when the formats are equal. Stores keep it.</returns>
    // Injective: an alphabet holds no space, so the first space is where the pattern begins.
    public override string ToString() => $"{Alphabet.Symbols} {Pattern}";
}
