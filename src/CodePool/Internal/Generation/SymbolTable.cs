using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CodePool.Internal.Generation;

/// <summary>The symbol of each digit, 0 to the alphabet's size - 1: for one digit, or for every byte of a vector.</summary>
/// <remarks>
/// A shuffle looks up in a table as long as a vector: byte i of the result is <c>table[digits[i]]</c>. A longer table is looked up part by
/// part. What a shuffle gives for a digit outside of its part differs from machine to machine; it is never chosen.
/// </remarks>
internal sealed class SymbolTable
{
    private readonly byte[] _symbols = new byte[128];

    internal SymbolTable(CodeAlphabet alphabet)
    {
        Size = alphabet.Size;
        for (int i = 0; i < Size; i++)
            _symbols[i] = (byte)alphabet.Symbols[i];
    }

    /// <summary>How many symbols there are.</summary>
    internal int Size { get; }

    internal byte this[int digit] => _symbols[digit];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector512<byte> Find(Vector512<byte> digits)
    {
        ref byte table = ref MemoryMarshal.GetArrayDataReference(_symbols);
        Vector512<byte> found = Vector512.ShuffleNative(Vector512.LoadUnsafe(ref table), digits);
        if (Size <= 64)
            return found;

        Vector512<byte> past = digits - Vector512.Create((byte)64);
        Vector512<byte> second = Vector512.ShuffleNative(Vector512.LoadUnsafe(ref table, 64), past);
        return Vector512.ConditionalSelect(Vector512.LessThan(digits, Vector512.Create((byte)64)), found, second);
    }

    /// <summary>Two vectors at once, because they share the loading of the parts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal (Vector256<byte> One, Vector256<byte> Other) Find(Vector256<byte> digits, Vector256<byte> otherDigits)
    {
        Vector256<byte> part = Part(0), one = Shuffle(part, digits), other = Shuffle(part, otherDigits);
        for (int start = 16; start < Size; start += 16)
        {
            part = Part(start);
            digits -= Vector256.Create((byte)16);
            otherDigits -= Vector256.Create((byte)16);

            // A digit that has gone below zero belongs to an earlier part.
            one = Vector256.ConditionalSelect(Vector256.LessThan(digits.AsSByte(), default).AsByte(), one, Shuffle(part, digits));
            other = Vector256.ConditionalSelect(Vector256.LessThan(otherDigits.AsSByte(), default).AsByte(), other, Shuffle(part, otherDigits));
        }

        return (one, other);
    }

    /// <summary>Sixteen symbols, in both halves of the vector: with 256 bits, shuffles stay within a half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<byte> Part(int start)
    {
        Vector128<byte> part = Vector128.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_symbols), (nuint)start);
        return Vector256.Create(part, part);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Shuffle(Vector256<byte> part, Vector256<byte> digits) => Avx2.IsSupported
        ? Avx2.Shuffle(part, digits)
        : Vector256.Create(Vector128.ShuffleNative(part.GetLower(), digits.GetLower()), Vector128.ShuffleNative(part.GetUpper(), digits.GetUpper()));
}
