using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CodePool.Internal.Generation;

namespace CodePool;

/// <summary>Draws random codes of a format: every code of the keyspace with the same probability, each independent of all others.</summary>
/// <remarks>
/// The only source of randomness is <see cref="RandomNumberGenerator"/>. Safe for concurrent use; holds no random state.
/// Codes are not checked against each other: that no code is used twice is the store's to ensure.
/// </remarks>
public sealed class CodeGenerator
{
    private const int CharsOnStack = 2048;

    private readonly SymbolEncoder _encoder;
    private readonly FillRandom _fill;

    /// <summary>Makes a generator of codes of one format.</summary>
    /// <param name="format">What the codes look like.</param>
    /// <exception cref="ArgumentNullException"><paramref name="format"/> is null.</exception>
    public CodeGenerator(CodeFormat format)
        : this(format, RandomNumberGenerator.Fill)
    {
    }

    internal CodeGenerator(CodeFormat format, FillRandom fill, int? vectorBits = null)
    {
        ArgumentNullException.ThrowIfNull(format);
        Format = format;
        _encoder = new SymbolEncoder(format.Alphabet, vectorBits);
        _fill = fill;
    }

    /// <summary>The format of the codes.</summary>
    public CodeFormat Format { get; }

    /// <summary>Writes codes back to back, without a separator: code i begins at i times the length of a code.</summary>
    /// <param name="destination">Takes the codes; what is beyond <c>count * Format.Length</c> characters is left as it is.</param>
    /// <param name="count">How many codes; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <c>count * Format.Length</c> characters.</exception>
    public void Generate(Span<char> destination, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        long length = (long)count * Format.Length;
        if (destination.Length < length)
            throw new ArgumentException($"{count} codes need {length} characters, but there is room for {destination.Length}.", nameof(destination));

        var source = new SymbolSource(_encoder, _fill, (long)count * Format.RandomLength);
        try
        {
            Write(ref source, destination[..(int)length], count);
        }
        finally
        {
            source.Dispose();
        }
    }

    /// <summary>Draws codes as strings: <c>string[] codes = generator.Generate(1_000);</c></summary>
    /// <param name="count">How many codes; not negative.</param>
    /// <returns>The codes, in the order drawn. A code may occur twice, as in any random draw.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    public string[] Generate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var codes = new string[count];
        var source = new SymbolSource(_encoder, _fill, (long)count * Format.RandomLength);
        try
        {
            WriteStrings(ref source, codes);
        }
        finally
        {
            source.Dispose();
        }

        return codes;
    }

    /// <summary>Draws one code. <see cref="Generate(int)"/> is many times faster for each of many.</summary>
    /// <returns>The code.</returns>
    public string Next() => string.Create(Format.Length, this, static (code, generator) => generator.Generate(code, 1));

    private void WriteStrings(ref SymbolSource source, Span<string> codes)
    {
        Span<char> buffer = stackalloc char[CharsOnStack];
        int length = Format.Length;
        try
        {
            while (!codes.IsEmpty)
            {
                int count = Math.Min(codes.Length, buffer.Length / length);
                Write(ref source, buffer[..(count * length)], count);
                ShortStrings.Cut(buffer[..(count * length)], codes[..count]);
                codes = codes[count..];
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(buffer));
        }
    }

    private void Write(ref SymbolSource source, scoped Span<char> codes, int count)
    {
        // The symbols go to the end and are then moved forward to their places.
        Span<char> symbols = codes[^(count * Format.RandomLength)..];
        source.Read(symbols);
        if (symbols.Length < codes.Length)
            Format.Template.Spread(codes, symbols);
    }
}
