using System.Buffers;
using System.Security.Cryptography;

namespace CodePool.Internal.Generation;

/// <summary>The random symbols of one request, made from random bytes drawn in large blocks (a system call for each is what costs).</summary>
internal ref struct SymbolSource
{
    private const int BlockSize = 64 * 1024;

    private readonly SymbolEncoder _encoder;
    private readonly FillRandom _fill;
    private readonly byte[] _block;
    private long _symbolsLeft;
    private int _position;
    private int _end;

    /// <param name="encoder">Makes symbols of bytes.</param>
    /// <param name="fill">Where the bytes come from.</param>
    /// <param name="symbols">How many symbols will be read in all.</param>
    internal SymbolSource(SymbolEncoder encoder, FillRandom fill, long symbols)
    {
        _encoder = encoder;
        _fill = fill;
        _symbolsLeft = symbols;
        _block = ArrayPool<byte>.Shared.Rent(BytesFor(symbols));
    }

    internal void Read(scoped Span<char> symbols)
    {
        while (!symbols.IsEmpty)
        {
            if (_position == _end)
                DrawBlock();

            _encoder.Encode(_block.AsSpan(_position.._end), symbols, out int consumed, out int written);
            _position += consumed;
            _symbolsLeft -= written;
            symbols = symbols[written..];
        }
    }

    public void Dispose()
    {
        Wipe();
        ArrayPool<byte>.Shared.Return(_block);
    }

    private void DrawBlock()
    {
        Wipe();   // the next block may be shorter and leave the end of this one
        _position = 0;
        _end = BytesFor(_symbolsLeft);
        _fill(_block.AsSpan(0, _end));
    }

    // Whoever reads these bytes knows the codes, and the block goes to strangers through the pool.
    private readonly void Wipe() => CryptographicOperations.ZeroMemory(_block.AsSpan(0, _end));

    /// <summary>The bytes that these symbols are expected to take, and a few more, so that one block is nearly always enough.</summary>
    private readonly int BytesFor(long symbols)
    {
        long expected = symbols * 256 / _encoder.AcceptedBytes;
        long spare = _encoder.AcceptedBytes == 256 ? 0 : 16 + (expected / 16);
        return (int)Math.Min(expected + spare, BlockSize);
    }
}
