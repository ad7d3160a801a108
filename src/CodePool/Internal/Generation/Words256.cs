using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CodePool.Internal.Generation;

/// <summary>The words in two vectors of 256 bits.</summary>
internal readonly struct Words256(Vector256<ushort> first, Vector256<ushort> second) : IWords<Words256>
{
    private readonly Vector256<ushort> _first = first;
    private readonly Vector256<ushort> _second = second;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator +(Words256 left, Words256 right) => new(left._first + right._first, left._second + right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator *(Words256 left, Words256 right) => new(left._first * right._first, left._second * right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator -(Words256 left, Words256 right) => new(left._first - right._first, left._second - right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator &(Words256 left, Words256 right) => new(left._first & right._first, left._second & right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator |(Words256 left, Words256 right) => new(left._first | right._first, left._second | right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator <<(Words256 words, int bits) => new(words._first << bits, words._second << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator >>>(Words256 words, int bits) => new(words._first >>> bits, words._second >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 MultiplyHigh(Words256 words, Words256 factors) =>
        new(MultiplyHigh(words._first, factors._first), MultiplyHigh(words._second, factors._second));

    // "True" is all bits set, which is -1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 AddOneWhereLess(Words256 words, Words256 left, Words256 right) =>
        new(words._first - Vector256.LessThan(left._first, right._first), words._second - Vector256.LessThan(left._second, right._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint WhereLess(Words256 left, Words256 right) =>
        Vector256.LessThan(left._first, right._first).ExtractMostSignificantBits()
        | (Vector256.LessThan(left._second, right._second).ExtractMostSignificantBits() << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 Repeat(ushort word) => new(Vector256.Create(word), Vector256.Create(word));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 Load(ref byte source) => new(Vector256.LoadUnsafe(ref source).AsUInt16(), Vector256.LoadUnsafe(ref source, 32).AsUInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Wipe(ref byte destination)
    {
        Vector256<byte>.Zero.StoreUnsafe(ref destination);
        Vector256<byte>.Zero.StoreUnsafe(ref destination, 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref ushort destination)
    {
        _first.StoreUnsafe(ref destination);
        _second.StoreUnsafe(ref destination, 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int StoreUnlessLess(Words256 left, Words256 right, ref ushort destination)
    {
        Vector256<ushort> first = Vector256.GreaterThanOrEqual(left._first, right._first);
        Vector256<ushort> second = Vector256.GreaterThanOrEqual(left._second, right._second);
        return Store(_first, first, _second, second, ref destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Words256 Find(SymbolTable symbols)
    {
        (Vector256<byte> first, Vector256<byte> second) = symbols.Find(_first.AsByte(), _second.AsByte());
        return new(first.AsUInt16(), second.AsUInt16());
    }

    /// <summary>Writes the words that are kept (all bits set) one after another, and returns how many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Store(
        Vector256<ushort> first, Vector256<ushort> firstKept, Vector256<ushort> second, Vector256<ushort> secondKept, ref ushort destination)
    {
        uint which = firstKept.ExtractMostSignificantBits() | (secondKept.ExtractMostSignificantBits() << 16);
        nint stored = PackedWords.Store(first.GetLower(), (byte)which, ref destination);
        stored += PackedWords.Store(first.GetUpper(), (byte)(which >> 8), ref Unsafe.Add(ref destination, stored));
        stored += PackedWords.Store(second.GetLower(), (byte)(which >> 16), ref Unsafe.Add(ref destination, stored));
        stored += PackedWords.Store(second.GetUpper(), (byte)(which >> 24), ref Unsafe.Add(ref destination, stored));
        return (int)stored;
    }

    /// <summary>One instruction on x64; elsewhere by way of 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<ushort> MultiplyHigh(Vector256<ushort> words, Vector256<ushort> factors)
    {
        if (Avx2.IsSupported)
            return Avx2.MultiplyHigh(words, factors);
        (Vector256<uint> lowerWords, Vector256<uint> upperWords) = Vector256.Widen(words);
        (Vector256<uint> lowerFactors, Vector256<uint> upperFactors) = Vector256.Widen(factors);
        return Vector256.Narrow((lowerWords * lowerFactors) >>> 16, (upperWords * upperFactors) >>> 16);
    }
}
