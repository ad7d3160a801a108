using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CodePool.Internal.Generation;

/// <content>The same steps as <see cref="EncodeScalar"/>, for 32 or 16 words at once.</content>
/// <remarks>
/// A power of two needs no product: its top bits are the symbol, and what is shifted in behind them the rest. For the others the
/// upper half of a 16-bit product is made without a 32-bit one: word = 256 a + b, and n is below 128.
/// A digit's upper byte is zero and would look up symbol 0, so it is masked off; past the end of a table a look-up gives zero.
/// Loads and stores are unchecked: <see cref="Encode"/> has sliced whole blocks.
/// </remarks>
internal sealed partial class SymbolEncoder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Encode512(ReadOnlySpan<byte> random, Span<ushort> symbols)
    {
        Vector512<ushort> words = Vector512.LoadUnsafe(ref MemoryMarshal.GetReference(random)).AsUInt16();
        Vector512<byte> low = Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_symbols));
        Vector512<byte> high = Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_symbols), 64);
        Vector512<ushort> lowByte = Vector512.Create((ushort)255);
        ref ushort place = ref MemoryMarshal.GetReference(symbols);
        for (nuint k = 0; k < (nuint)symbols.Length; k += BlockWords)
        {
            Vector512<ushort> digits;
            if (_bits > 0)
            {
                digits = words >>> (16 - _bits);
                words <<= _bits;
            }
            else
            {
                digits = (((words >>> 8) * _size) + (((words & lowByte) * _size) >>> 8)) >>> 8;
                words *= _size;
            }

            Vector512<byte> found = Vector512.Shuffle(low, digits.AsByte());
            if (_size > 64)
                found |= Vector512.Shuffle(high, digits.AsByte() - Vector512.Create((ushort)64).AsByte());
            (found.AsUInt16() & lowByte).StoreUnsafe(ref place, k);
        }

        return LeftOut == 0 ? 0 : (uint)Vector512.LessThan(words, Vector512.Create(LeftOut)).ExtractMostSignificantBits();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Encode256(ReadOnlySpan<byte> random, Span<ushort> symbols, nuint half)
    {
        Vector256<ushort> words = Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(random)).AsUInt16();
        Vector256<ushort> lowByte = Vector256.Create((ushort)255);
        ref byte table = ref MemoryMarshal.GetArrayDataReference(_symbols);
        ref ushort place = ref MemoryMarshal.GetReference(symbols);
        for (nuint k = half; k < (nuint)symbols.Length; k += BlockWords)
        {
            Vector256<ushort> digits;
            if (_bits > 0)
            {
                digits = words >>> (16 - _bits);
                words <<= _bits;
            }
            else
            {
                digits = (((words >>> 8) * _size) + (((words & lowByte) * _size) >>> 8)) >>> 8;
                words *= _size;
            }

            Vector256<byte> found = Vector256.Shuffle(Vector256.LoadUnsafe(ref table), digits.AsByte());
            if (_size > 32)
                found |= Vector256.Shuffle(Vector256.LoadUnsafe(ref table, 32), digits.AsByte() - Vector256.Create((ushort)32).AsByte());
            if (_size > 64)
                found |= Vector256.Shuffle(Vector256.LoadUnsafe(ref table, 64), digits.AsByte() - Vector256.Create((ushort)64).AsByte());
            (found.AsUInt16() & lowByte).StoreUnsafe(ref place, k);
        }

        return LeftOut == 0 ? 0 : Vector256.LessThan(words, Vector256.Create(LeftOut)).ExtractMostSignificantBits();
    }
}
