using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CodePool.Internal.Generation;

/// <summary>The symbol of each digit, 0 to the alphabet's size - 1: for one digit, or for every byte of a vector.</summary>
/// <remarks>
/// A shuffle looks up in a table as long as a vector (or as half of one): byte i of the result is <c>table[digits[i]]</c>. A longer table is
/// looked up part by part. What <c>ShuffleNative</c> gives for a digit outside of its part differs from machine to machine; it is never chosen.
/// </remarks>
internal sealed class SymbolTable
{
    private const int PartSize = 16;

    private readonly byte[] _symbols = new byte[128];

    /// <summary>
    /// Each symbol's difference (exclusive or) from the one <see cref="PartSize"/> before it; the first ones as they are.
    /// Every part stands here twice, because with 256 bits a shuffle stays within a half, so that both halves need the part.
    /// </summary>
    private readonly byte[] _differences = new byte[256];

    internal SymbolTable(CodeAlphabet alphabet)
    {
        Size = alphabet.Size;
        for (int i = 0; i < Size; i++)
            _symbols[i] = (byte)alphabet.Symbols[i];
        for (int i = 0; i < _symbols.Length; i++)
        {
            int place = i + (i / PartSize * PartSize);
            _differences[place] = _differences[place + PartSize] = (byte)(_symbols[i] ^ (i < PartSize ? 0 : _symbols[i - PartSize]));
        }
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
    // A digit d of part p is looked up in the parts 0 to p, each time at its place d mod 16, and gets the exclusive or of
    // part 0, part 0 ^ part 1, part 1 ^ part 2, …, part p-1 ^ part p there: all but part p cancel out. Later parts give 0, which changes nothing.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal (Vector256<byte> One, Vector256<byte> Other) Find(Vector256<byte> digits, Vector256<byte> otherDigits)
    {
        Vector256<byte> part = Part256(0), one = Shuffle(part, digits), other = Shuffle(part, otherDigits);
        if (Size <= PartSize)
            return (one, other);

        Add(PartSize);   // the commonest case is two parts, and the compiler would make a loop of it
        for (int start = 2 * PartSize; start < Size; start += PartSize)
            Add(start);

        return (one, other);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Add(int start)
        {
            part = Part256(start);
            digits -= Vector256.Create((byte)PartSize);   // below zero, so its top bit is set: the digit is of an earlier part
            otherDigits -= Vector256.Create((byte)PartSize);
            one ^= Shuffle(part, digits);
            other ^= Shuffle(part, otherDigits);
        }
    }

    /// <inheritdoc cref="Find(Vector256{byte}, Vector256{byte})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal (Vector128<byte> One, Vector128<byte> Other) Find(Vector128<byte> digits, Vector128<byte> otherDigits)
    {
        Vector128<byte> part = Part128(0), one = Shuffle(part, digits), other = Shuffle(part, otherDigits);
        if (Size <= PartSize)
            return (one, other);

        Add(PartSize);
        for (int start = 2 * PartSize; start < Size; start += PartSize)
            Add(start);

        return (one, other);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Add(int start)
        {
            part = Part128(start);
            digits -= Vector128.Create((byte)PartSize);
            otherDigits -= Vector128.Create((byte)PartSize);
            one ^= Shuffle(part, digits);
            other ^= Shuffle(part, otherDigits);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<byte> Part256(int start) => Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_differences), 2 * (nuint)start);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector128<byte> Part128(int start) => Vector128.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(_differences), 2 * (nuint)start);

    /// <summary>Looks up by the lower four bits of each index; where the top bit is set, gives 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Shuffle(Vector256<byte> part, Vector256<byte> indices) => Avx2.IsSupported
        ? Avx2.Shuffle(part, indices)   // does just that
        : Vector256.Create(Shuffle(part.GetLower(), indices.GetLower()), Shuffle(part.GetUpper(), indices.GetUpper()));

    // The portable shuffle gives 0 for every index past the end, and so for every one whose top bit is left.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Shuffle(Vector128<byte> part, Vector128<byte> indices) => Ssse3.IsSupported
        ? Ssse3.Shuffle(part, indices)
        : Vector128.Shuffle(part, indices & Vector128.Create((byte)0x8F));
}
