using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CodePool.Internal.Generation;

/// <summary>Sixteen words in a vector of 256 bits.</summary>
internal readonly struct Words256(Vector256<ushort> words) : IWords<Words256>
{
    private readonly Vector256<ushort> _words = words;

    public static int Count => Vector256<ushort>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator +(Words256 left, Words256 right) => new(left._words + right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator *(Words256 left, Words256 right) => new(left._words * right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator -(Words256 left, Words256 right) => new(left._words - right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator &(Words256 left, Words256 right) => new(left._words & right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator |(Words256 left, Words256 right) => new(left._words | right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator <<(Words256 words, int bits) => new(words._words << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 operator >>>(Words256 words, int bits) => new(words._words >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 MultiplyHigh(Words256 words, Words256 factors) => new(MultiplyHigh(words._words, factors._words));

    // "True" is all bits set, which is -1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 AddOneWhereLess(Words256 words, Words256 left, Words256 right) => new(words._words - Vector256.LessThan(left._words, right._words));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint WhereLess(Words256 left, Words256 right) => Vector256.LessThan(left._words, right._words).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 Repeat(ushort word) => new(Vector256.Create(word));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words256 Load(ref byte source) => new(Vector256.LoadUnsafe(ref source).AsUInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Wipe(ref byte destination) => Vector256<byte>.Zero.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Words256 One, Words256 Other) Find(SymbolTable symbols, Words256 one, Words256 other)
    {
        (Vector256<byte> found, Vector256<byte> otherFound) = symbols.Find(one._words.AsByte(), other._words.AsByte());
        return (new(found.AsUInt16()), new(otherFound.AsUInt16()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref ushort destination) => _words.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int StoreUnlessLess(Words256 left, Words256 right, ref ushort destination)
    {
        uint kept = Vector256.GreaterThanOrEqual(left._words, right._words).ExtractMostSignificantBits();
        int stored = PackedWords.Store(_words.GetLower(), (byte)kept, ref destination);
        return stored + PackedWords.Store(_words.GetUpper(), (byte)(kept >> 8), ref Unsafe.Add(ref destination, stored));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Words256 Find(SymbolTable symbols) => Find(symbols, this, this).One;

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
