using System.Runtime.CompilerServices;

namespace CodePool.Internal.Generation;

/// <summary>Two digits of base n that were taken off a word at once, as one number p = n * first + second, and how to tell them apart.</summary>
/// <remarks>
/// first = floor(p / n), by a multiplication: with m = ceil(2^(16+j) / n), so m * n = 2^(16+j) + e and e below n, p * m / 2^(16+j) is p / n, and
/// p * e / (n * 2^(16+j)) too much. That stays below 1 / n, and so short of the next whole number, if p * e is below 2^(16+j). It is: j is
/// chosen with 2^j below n and 2^(j+1) not, so 2^(16+j) is at least 2^15 * n, and p * e is below n^3, which is less for n up to 181. And m has
/// 16 bits: n is 2^j + 1 or more, and 2^(16+j) / (2^j + 1) is below 2^16 - 1, as long as 2^j is below 2^15.
/// For example n = 10, so j = 3 and m = 52429: of p = 37 the first digit is 37 * 52429 / 2^19 = 3.69…, which is 3, and the second 37 - 30 = 7.
/// Source: T. Granlund and P. Montgomery, "Division by Invariant Integers using Multiplication", PLDI 1994.
/// </remarks>
internal readonly struct DigitPairs<TWords>(int size)
    where TWords : struct, IWords<TWords>
{
    private readonly int _j = int.Log2(size - 1);
    private readonly TWords _m = TWords.Repeat((ushort)(((1 << (16 + int.Log2(size - 1))) + size - 1) / size));
    private readonly TWords _bytes = TWords.Repeat((ushort)((256 * size) - 1));

    /// <summary>n * n: what a step multiplies by to take two digits.</summary>
    internal TWords Base { get; } = TWords.Repeat((ushort)(size * size));

    /// <summary>The first digit as the lower byte of each word, the second as the upper one.</summary>
    // 256 * second + first, with second = p - n * first: 256 * p - (256 * n - 1) * first. Both products overflow; modulo 2^16 the difference is right.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TWords Split(TWords pairs) => (pairs << 8) - ((TWords.MultiplyHigh(pairs, _m) >>> _j) * _bytes);
}
