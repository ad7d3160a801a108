using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CodePool.Internal.Generation;

/// <content>The same steps as <see cref="EncodeScalar"/>, for 32 or 16 words at once.</content>
internal sealed partial class SymbolEncoder
{
    private uint Encode512(ReadOnlySpan<byte> random, Span<ushort> symbols)
    {
        Vector512<ushort> words = Vector512.Create(random).AsUInt16();
        Vector512<byte> low = Vector512.Create<byte>(_symbols.AsSpan(0, 64));
        Vector512<byte> high = Vector512.Create<byte>(_symbols.AsSpan(64, 64));
        for (int k = 0; k < SymbolsPerWord; k++)
        {
            Vector512<byte> digits;
            if (_bits > 0)
            {
                // A power of two: the top bits are the symbol, the others the rest.
                digits = (words >>> (16 - _bits)).AsByte();
                words <<= _bits;
            }
            else
            {
                // The upper half of a 16-bit product, without a 32-bit one: word = 256 a + b, and n is below 128.
                Vector512<ushort> a = (words >>> 8) * _size, b = (words & Vector512.Create((ushort)255)) * _size;
                digits = ((a + (b >>> 8)) >>> 8).AsByte();
                words *= _size;
            }

            // A digit's upper byte is zero and would look up symbol 0; past the end of a table a look-up gives zero.
            Vector512<byte> found = _size <= 64
                ? Vector512.Shuffle(low, digits)
                : Vector512.Shuffle(low, digits) | Vector512.Shuffle(high, digits - Vector512.Create((ushort)64).AsByte());
            (found.AsUInt16() & Vector512.Create((ushort)255)).CopyTo(symbols[(k * BlockWords)..]);
        }

        return LeftOut == 0 ? 0 : (uint)Vector512.LessThan(words, Vector512.Create(LeftOut)).ExtractMostSignificantBits();
    }

    private uint Encode256(ReadOnlySpan<byte> random, Span<ushort> symbols, int offset)
    {
        Vector256<ushort> words = Vector256.Create(random).AsUInt16();
        for (int k = 0; k < SymbolsPerWord; k++)
        {
            Vector256<byte> digits;
            if (_bits > 0)
            {
                digits = (words >>> (16 - _bits)).AsByte();
                words <<= _bits;
            }
            else
            {
                Vector256<ushort> a = (words >>> 8) * _size, b = (words & Vector256.Create((ushort)255)) * _size;
                digits = ((a + (b >>> 8)) >>> 8).AsByte();
                words *= _size;
            }

            Vector256<byte> found = Vector256.Shuffle(Vector256.Create<byte>(_symbols.AsSpan(0, 32)), digits);
            for (int table = 32; table < _size; table += 32)
                found |= Vector256.Shuffle(Vector256.Create<byte>(_symbols.AsSpan(table, 32)), digits - Vector256.Create((ushort)table).AsByte());
            (found.AsUInt16() & Vector256.Create((ushort)255)).CopyTo(symbols[((k * BlockWords) + offset)..]);
        }

        return LeftOut == 0 ? 0 : Vector256.LessThan(words, Vector256.Create(LeftOut)).ExtractMostSignificantBits();
    }
}
