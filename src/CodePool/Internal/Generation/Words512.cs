using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CodePool.Internal.Generation;

/// <summary>Thirty-two words in a vector of 512 bits.</summary>
internal readonly struct Words512(Vector512<ushort> words) : IWords<Words512>
{
    private readonly Vector512<ushort> _words = words;

    public static int Count => Vector512<ushort>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 operator +(Words512 left, Words512 right) => new(left._words + right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 operator *(Words512 left, Words512 right) => new(left._words * right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 operator -(Words512 left, Words512 right) => new(left._words - right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 operator &(Words512 left, Words512 right) => new(left._words & right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 operator |(Words512 left, Words512 right) => new(left._words | right._words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 operator <<(Words512 words, int bits) => new(words._words << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 operator >>>(Words512 words, int bits) => new(words._words >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 MultiplyHigh(Words512 words, Words512 factors) => new(MultiplyHigh(words._words, factors._words));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 AddOneWhereLess(Words512 words, Words512 left, Words512 right) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(left._words, right._words), words._words + Vector512<ushort>.One, words._words));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint WhereLess(Words512 left, Words512 right) =>
        (uint)Vector512.LessThan(left._words, right._words).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 Repeat(ushort word) => new(Vector512.Create(word));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Words512 Load(ref byte source) => new(Vector512.LoadUnsafe(ref source).AsUInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Wipe(ref byte destination) => Vector512<byte>.Zero.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Words512 One, Words512 Other) Find(SymbolTable symbols, Words512 one, Words512 other) => (one.Find(symbols), other.Find(symbols));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref ushort destination) => _words.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int StoreUnlessLess(Words512 left, Words512 right, ref ushort destination)
    {
        Vector512<ushort> kept = Vector512.GreaterThanOrEqual(left._words, right._words);
        if (!Avx512Vbmi2.IsSupported)
            return Halves(this).StoreUnlessLess(Halves(left), Halves(right), ref destination);

        Avx512Vbmi2.Compress(Vector512<ushort>.Zero, kept, _words).StoreUnsafe(ref destination);
        return BitOperations.PopCount(kept.ExtractMostSignificantBits());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Words512 Find(SymbolTable symbols) => new(symbols.Find(_words.AsByte()).AsUInt16());

    private static Two<Words256> Halves(Words512 words) => new(new Words256(words._words.GetLower()), new Words256(words._words.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> MultiplyHigh(Vector512<ushort> words, Vector512<ushort> factors) => Avx512BW.IsSupported
        ? Avx512BW.MultiplyHigh(words, factors)
        : Vector512.Create(
            Words256.MultiplyHigh(words.GetLower(), factors.GetLower()), Words256.MultiplyHigh(words.GetUpper(), factors.GetUpper()));
}
