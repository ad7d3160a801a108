using System.Runtime.CompilerServices;

namespace CodePool.Internal.Generation;

/// <summary>Words in twice as many vectors.</summary>
internal readonly struct Two<TWords>(TWords first, TWords second) : IWords<Two<TWords>>
    where TWords : struct, IWords<TWords>
{
    private readonly TWords _first = first;
    private readonly TWords _second = second;

    public static int Count => 2 * TWords.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two<TWords> operator +(Two<TWords> left, Two<TWords> right) => new(left._first + right._first, left._second + right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two<TWords> operator *(Two<TWords> left, Two<TWords> right) => new(left._first * right._first, left._second * right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two<TWords> operator -(Two<TWords> left, Two<TWords> right) => new(left._first - right._first, left._second - right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two<TWords> operator &(Two<TWords> left, Two<TWords> right) => new(left._first & right._first, left._second & right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two<TWords> operator |(Two<TWords> left, Two<TWords> right) => new(left._first | right._first, left._second | right._second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two<TWords> operator <<(Two<TWords> words, int bits) => new(words._first << bits, words._second << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two<TWords> operator >>>(Two<TWords> words, int bits) => new(words._first >>> bits, words._second >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two<TWords> MultiplyHigh(Two<TWords> words, Two<TWords> factors) =>
        new(TWords.MultiplyHigh(words._first, factors._first), TWords.MultiplyHigh(words._second, factors._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two<TWords> AddOneWhereLess(Two<TWords> words, Two<TWords> left, Two<TWords> right) => new(
        TWords.AddOneWhereLess(words._first, left._first, right._first), TWords.AddOneWhereLess(words._second, left._second, right._second));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint WhereLess(Two<TWords> left, Two<TWords> right) =>
        TWords.WhereLess(left._first, right._first) | (TWords.WhereLess(left._second, right._second) << TWords.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two<TWords> Repeat(ushort word) => new(TWords.Repeat(word), TWords.Repeat(word));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Two<TWords> Load(ref byte source) => new(TWords.Load(ref source), TWords.Load(ref Unsafe.Add(ref source, sizeof(ushort) * TWords.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Wipe(ref byte destination)
    {
        TWords.Wipe(ref destination);
        TWords.Wipe(ref Unsafe.Add(ref destination, sizeof(ushort) * TWords.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Two<TWords> One, Two<TWords> Other) Find(SymbolTable symbols, Two<TWords> one, Two<TWords> other) => (one.Find(symbols), other.Find(symbols));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref ushort destination)
    {
        _first.Store(ref destination);
        _second.Store(ref Unsafe.Add(ref destination, TWords.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int StoreUnlessLess(Two<TWords> left, Two<TWords> right, ref ushort destination)
    {
        int stored = _first.StoreUnlessLess(left._first, right._first, ref destination);
        return stored + _second.StoreUnlessLess(left._second, right._second, ref Unsafe.Add(ref destination, stored));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Two<TWords> Find(SymbolTable symbols)
    {
        (TWords first, TWords second) = TWords.Find(symbols, _first, _second);
        return new(first, second);
    }
}
