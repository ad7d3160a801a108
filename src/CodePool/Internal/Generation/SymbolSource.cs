using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CodePool.Internal.Generation;

/// <summary>The random symbols of one request, made from random bytes drawn in large pieces (a system call for each is what costs).</summary>
internal ref struct SymbolSource
{
    private const int MostBytes = 64 * 1024;

    /// <summary>Symbols of a block that was encoded for a smaller room.</summary>
    private const int RestSize = SymbolEncoder.BlockWords * SymbolEncoder.MostSymbolsPerWord;

    private const int FewestSpareBytes = 64;

    private readonly SymbolEncoder _encoder;
    private readonly FillRandom _fill;
    private readonly byte[] _random;
    private readonly char[] _rest;
    private SpareWords _spare;
    private long _toEncode;
    private int _position;
    private int _blocksEnd;
    private int _drawn;
    private int _restStart;
    private int _restEnd;

    /// <param name="encoder">Makes symbols of bytes.</param>
    /// <param name="fill">Where the bytes come from.</param>
    /// <param name="symbols">How many symbols will be read in all.</param>
    internal SymbolSource(SymbolEncoder encoder, FillRandom fill, long symbols)
    {
        _encoder = encoder;
        _fill = fill;
        _toEncode = symbols;
        _random = ArrayPool<byte>.Shared.Rent(MostBytes);
        _rest = ArrayPool<char>.Shared.Rent(RestSize);
    }

    internal void Read(scoped Span<char> symbols)
    {
        while (true)
        {
            int rest = Math.Min(symbols.Length, _restEnd - _restStart);
            _rest.AsSpan(_restStart, rest).CopyTo(symbols);
            _restStart += rest;
            symbols = symbols[rest..];
            if (symbols.IsEmpty)
                return;

            int written = EncodeInto(symbols);
            symbols = symbols[written..];
            if (symbols.IsEmpty)
                return;

            // Less room than a block gives: the block is kept, and handed out from.
            if (symbols.Length < _encoder.SymbolsPerBlock)
                (_restStart, _restEnd) = (0, EncodeInto(_rest.AsSpan(0, _encoder.SymbolsPerBlock)));
        }
    }

    public readonly void Dispose()
    {
        Wipe();
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_rest.AsSpan(0, RestSize)));
        ArrayPool<byte>.Shared.Return(_random);
        ArrayPool<char>.Shared.Return(_rest);
    }

    /// <summary>Encodes whole blocks, of one piece at most. 0 when the room is less than a block gives, or the piece is used up at once: no spare words, or none kept.</summary>
    private int EncodeInto(scoped Span<char> symbols)
    {
        if (_position == _blocksEnd)
            Draw();
        int blocks = _encoder.Encode(_random.AsSpan(_position.._blocksEnd), symbols, ref _spare);
        bool more = (_blocksEnd - _position) / _encoder.BlockBytes > blocks && symbols.Length / _encoder.SymbolsPerBlock > blocks;
        _position += blocks * _encoder.BlockBytes;
        _toEncode -= blocks * _encoder.SymbolsPerBlock;
        if (more)
            Draw();   // out of spare words
        return blocks * _encoder.SymbolsPerBlock;
    }

    private void Draw()
    {
        Wipe();   // the next piece may be shorter, and leave spare words of this one and blocks without any
        long blocks = Math.Max(1, (_toEncode + _encoder.SymbolsPerBlock - 1) / _encoder.SymbolsPerBlock);
        if (_encoder.Sieve is { } sieve)
            DrawThrough(sieve, blocks);
        else
            DrawWithSpare(blocks);
    }

    private void DrawThrough(DecimalSieve sieve, long blocks)
    {
        long toSift = DecimalSieve.BlocksFor(blocks * SymbolEncoder.BlockWords);
        _drawn = (int)Math.Min(toSift, MostBytes / DecimalSieve.Room) * DecimalSieve.Room;
        _position = 0;
        _fill(_random.AsSpan(0, _drawn)[^(_drawn / DecimalSieve.Room * DecimalSieve.RandomBytes)..]);
        _blocksEnd = sieve.Sift(_random.AsSpan(0, _drawn)) / SymbolEncoder.BlockWords * _encoder.BlockBytes;
    }

    private void DrawWithSpare(long blocks)
    {
        int spare = SpareFor(Math.Min(blocks, MostBytes / _encoder.BlockBytes));
        int fitting = (MostBytes - spare) / _encoder.BlockBytes;
        _blocksEnd = (int)Math.Min(blocks, fitting) * _encoder.BlockBytes;
        _drawn = _blocksEnd + spare;
        _position = 0;
        _fill(_random.AsSpan(0, _drawn));
        _spare = new SpareWords(_random.AsSpan(_blocksEnd..(_blocksEnd + spare)));
    }

    /// <summary>Bytes of spare words for so many blocks: the words expected to be left out, a quarter more, and a few.</summary>
    private readonly int SpareFor(long blocks) =>
        _encoder.LeftOut == 0 ? 0 : (int)(blocks * _encoder.BlockBytes * _encoder.LeftOut / (long)SymbolEncoder.Words * 5 / 4) + FewestSpareBytes;

    /// <summary>Wipes what the encoder has not: spare words, and what nobody asked for. The piece goes to strangers through the pool.</summary>
    private readonly void Wipe() => CryptographicOperations.ZeroMemory(_random.AsSpan(_position, _drawn - _position));
}
