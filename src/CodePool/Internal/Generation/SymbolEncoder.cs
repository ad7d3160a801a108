namespace CodePool.Internal.Generation;

/// <summary>Turns uniformly random bytes into uniformly random symbols: the one place where that is done.</summary>
internal sealed class SymbolEncoder
{
    private const char Rejected = '\0';

    private readonly char[] _symbolOf = new char[256];

    internal SymbolEncoder(CodeAlphabet alphabet)
    {
        // Unbiased: each of the n symbols stands at exactly floor(256 / n) of the 256 equally likely bytes, so a byte that
        // is not rejected gives each with probability 1 / n. Rejected are 256 mod n bytes: none for a power of two, 84 at most (n = 86).
        AcceptedBytes = 256 / alphabet.Size * alphabet.Size;
        for (int value = 0; value < AcceptedBytes; value++)
            _symbolOf[value] = alphabet.Symbols[value % alphabet.Size];
    }

    /// <summary>How many of the 256 values of a byte give a symbol.</summary>
    internal int AcceptedBytes { get; }

    /// <summary>Encodes until the bytes or the room for symbols run out. Every byte gives one symbol or none, in order.</summary>
    internal void Encode(ReadOnlySpan<byte> random, Span<char> symbols, out int consumed, out int written)
    {
        consumed = written = 0;
        while (consumed < random.Length && written < symbols.Length)
        {
            // As many bytes as there is room for in any case: no test for room inside the loop.
            int safe = Math.Min(random.Length - consumed, symbols.Length - written);
            written += EncodeAll(random.Slice(consumed, safe), symbols[written..]);
            consumed += safe;
        }
    }

    private int EncodeAll(ReadOnlySpan<byte> random, Span<char> symbols)
    {
        char[] symbolOf = _symbolOf;
        int written = 0;
        foreach (byte value in random)
        {
            // Written always and counted only if accepted: a branch would be mispredicted whenever a byte is rejected.
            char symbol = symbolOf[value];
            symbols[written] = symbol;
            written += symbol == Rejected ? 0 : 1;
        }

        return written;
    }
}
