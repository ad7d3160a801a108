using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CodePool.Internal.Generation;

/// <summary>Eight words in a vector of 128 bits.</summary>
internal readonly struct Words128(Vector128<ushort> words) : IWords<Words128>
{
    private readonly Vector128<ushort> _words = words;

    public static int Count => Vector128<ushort>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 operator +(Words128 left, Words128 right) => new(left._words + right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 operator *(Words128 left, Words128 right) => new(left._words * right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 operator -(Words128 left, Words128 right) => new(left._words - right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 operator &(Words128 left, Words128 right) => new(left._words & right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 operator |(Words128 left, Words128 right) => new(left._words | right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 operator <<(Words128 words, int bits) => new(words._words << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 operator >>>(Words128 words, int bits) => new(words._words >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 MultiplyHigh(Words128 words, Words128 factors) => new(MultiplyHigh(words._words, factors._words));

    // "True" is all bits set, which is -1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 AddOneWhereLess(Words128 words, Words128 left, Words128 right) => new(words._words - Vector128.LessThan(left._words, right._words));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint WhereLess(Words128 left, Words128 right) => Vector128.LessThan(left._words, right._words).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 Repeat(ushort word) => new(Vector128.Create(word));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words128 Load(ref byte source) => new(Vector128.LoadUnsafe(ref source).AsUInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Wipe(ref byte destination) => Vector128<byte>.Zero.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Words128 One, Words128 Other) Find(SymbolTable symbols, Words128 one, Words128 other)
    {
        (Vector128<byte> found, Vector128<byte> otherFound) = symbols.Find(one._words.AsByte(), other._words.AsByte());
        return (new(found.AsUInt16()), new(otherFound.AsUInt16()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref ushort destination) => _words.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int StoreUnlessLess(Words128 left, Words128 right, ref ushort destination)
    {
        uint kept = Vector128.GreaterThanOrEqual(left._words, right._words).ExtractMostSignificantBits();
        return PackedWords.Store(_words, (byte)kept, ref destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Words128 Find(SymbolTable symbols) => Find(symbols, this, this).One;

    /// <summary>One instruction on x64; elsewhere by way of 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<ushort> MultiplyHigh(Vector128<ushort> words, Vector128<ushort> factors)
    {
        if (Sse2.IsSupported)
            return Sse2.MultiplyHigh(words, factors);
        (Vector128<uint> lowerWords, Vector128<uint> upperWords) = Vector128.Widen(words);
        (Vector128<uint> lowerFactors, Vector128<uint> upperFactors) = Vector128.Widen(factors);
        return Vector128.Narrow((lowerWords * lowerFactors) >>> 16, (upperWords * upperFactors) >>> 16);
    }
}
