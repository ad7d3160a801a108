using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CodePool.Internal.Generation;

/// <content>The same steps as the plain reading, for the 32 words of a block at once. Whole blocks only: loads and stores are unchecked.</content>
internal sealed partial class SymbolEncoder
{
    /// <summary>Encodes blocks of whole words, up to and including one with words that may have to be left out.</summary>
    // Optimised at once: profiles taken of one alphabet made code that was slow for others. Never inlined: a caller with this in it has
    // used up how much the compiler inlines, and the steps become calls, one for each vector.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private int EncodeWords<TWords>(ReadOnlySpan<byte> random, Span<ushort> symbols, out uint unsure)
        where TWords : struct, IWords<TWords>
    {
        TWords size = TWords.Repeat(_size);
        TWords leftOut = TWords.Repeat((ushort)(LeftOut >> 16));
        SymbolTable table = _symbols;
        int symbolsPerWord = SymbolsPerWord;
        int blocks = random.Length / BlockBytes;
        ref byte bytes = ref MemoryMarshal.GetReference(random);
        ref ushort place = ref MemoryMarshal.GetReference(symbols);
        for (int block = 1; block <= blocks; block++)
        {
            TWords upper = TWords.Load(ref bytes);
            TWords lower = TWords.Load(ref Unsafe.Add(ref bytes, HalvesBytes));
            bytes = ref Unsafe.Add(ref bytes, 2 * HalvesBytes);
            int k = symbolsPerWord;
            for (; k > 1; k -= 2)
            {
                TWords first = TakeDigits(ref upper, ref lower, size);
                TWords second = TakeDigits(ref upper, ref lower, size);
                TWords found = TWords.Pair(first, second).Find(table);
                found.LowerBytes().Store(ref place);
                found.UpperBytes().Store(ref Unsafe.Add(ref place, BlockWords));
                place = ref Unsafe.Add(ref place, 2 * BlockWords);
            }

            if (k > 0)
            {
                TakeDigits(ref upper, ref lower, size).Find(table).LowerBytes().Store(ref place);
                place = ref Unsafe.Add(ref place, BlockWords);
            }

            // Coarser than the rule, which the plain reading then applies: it compares all 32 bits of the rest.
            unsure = TWords.WhereAtMost(upper, leftOut);
            if (unsure != 0)
                return block;
        }

        unsure = 0;
        return blocks;
    }

    /// <summary>Encodes blocks of upper halves: the lower ones count for nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private int EncodeUpperHalves<TWords>(ReadOnlySpan<byte> random, Span<ushort> symbols)
        where TWords : struct, IWords<TWords>
    {
        TWords size = TWords.Repeat(_size);
        SymbolTable table = _symbols;
        int symbolsPerWord = SymbolsPerWord;
        int blocks = random.Length / BlockBytes;
        ref byte bytes = ref MemoryMarshal.GetReference(random);
        ref ushort place = ref MemoryMarshal.GetReference(symbols);
        for (int block = 0; block < blocks; block++)
        {
            TWords upper = TWords.Load(ref bytes);
            bytes = ref Unsafe.Add(ref bytes, HalvesBytes);
            int k = symbolsPerWord;
            for (; k > 1; k -= 2)
            {
                TWords first = TakeDigits(ref upper, size);
                TWords second = TakeDigits(ref upper, size);
                TWords found = TWords.Pair(first, second).Find(table);
                found.LowerBytes().Store(ref place);
                found.UpperBytes().Store(ref Unsafe.Add(ref place, BlockWords));
                place = ref Unsafe.Add(ref place, 2 * BlockWords);
            }

            if (k > 0)
            {
                TakeDigits(ref upper, size).Find(table).LowerBytes().Store(ref place);
                place = ref Unsafe.Add(ref place, BlockWords);
            }
        }

        return blocks;
    }

    /// <summary>One step: upper and lower half times size, with the carry from lower to upper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWords TakeDigits<TWords>(ref TWords upper, ref TWords lower, TWords size)
        where TWords : struct, IWords<TWords>
    {
        TWords digits = TakeDigits(ref upper, size);
        TWords carry = TWords.MultiplyHigh(lower, size);
        lower *= size;
        upper += carry;
        return TWords.AddOneWhereLess(digits, upper, carry);   // a sum below what was added has overflowed
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWords TakeDigits<TWords>(ref TWords upper, TWords size)
        where TWords : struct, IWords<TWords>
    {
        TWords digits = TWords.MultiplyHigh(upper, size);
        upper *= size;
        return digits;
    }
}
