using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CodePool.Internal.Generation;

/// <content>The same steps as the plain reading, for the 32 words of a block at once. Whole blocks only: loads and stores are unchecked.</content>
internal sealed partial class SymbolEncoder
{
    /// <summary>Encodes and wipes blocks of whole words, up to one with words that may have to be left out, which it does not wipe.</summary>
    // Optimised at once: profiles taken of one alphabet made code that was slow for others. Never inlined: a caller with this in it has
    // used up how much the compiler inlines, and the steps become calls, one for each vector.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private int EncodeWords<TWords>(Span<byte> random, Span<ushort> symbols, out uint unsure)
        where TWords : struct, IWords<TWords>
    {
        TWords size = TWords.Repeat(_size), lowerByte = TWords.Repeat(byte.MaxValue);
        var pairs = new DigitPairs<TWords>(_size);

        // A rest below LeftOut has an upper half below this.
        TWords leftOut = TWords.Repeat((ushort)((LeftOut + ushort.MaxValue) >> HalfBits));
        SymbolTable table = _symbols;
        int symbolsPerWord = SymbolsPerWord;
        int blocks = random.Length / BlockBytes;
        ref byte bytes = ref MemoryMarshal.GetReference(random);
        ref ushort place = ref MemoryMarshal.GetReference(symbols);
        for (int block = 1; block <= blocks; block++)
        {
            TWords upper = TWords.Load(ref bytes);
            TWords lower = TWords.Load(ref Unsafe.Add(ref bytes, HalvesBytes));
            int k = symbolsPerWord;
            for (; k > 1; k -= 2)
            {
                TWords found = pairs.Split(TakeDigits(ref upper, ref lower, pairs.Base)).Find(table);
                (found & lowerByte).Store(ref place);
                (found >>> 8).Store(ref Unsafe.Add(ref place, BlockWords));
                place = ref Unsafe.Add(ref place, 2 * BlockWords);
            }

            if (k > 0)
            {
                (TakeDigits(ref upper, ref lower, size).Find(table) & lowerByte).Store(ref place);
                place = ref Unsafe.Add(ref place, BlockWords);
            }

            // Coarser than the rule, which the plain reading then applies: it compares all 32 bits of the rest.
            unsure = TWords.WhereLess(upper, leftOut);
            if (unsure != 0)
                return block;

            // While it is in the first-level cache: a second pass over all of the bytes took longer.
            TWords.Wipe(ref bytes);
            TWords.Wipe(ref Unsafe.Add(ref bytes, HalvesBytes));
            bytes = ref Unsafe.Add(ref bytes, 2 * HalvesBytes);
        }

        unsure = 0;
        return blocks;
    }

    /// <summary>Encodes and wipes blocks of upper halves: the lower ones count for nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private int EncodeUpperHalves<TWords>(Span<byte> random, Span<ushort> symbols)
        where TWords : struct, IWords<TWords>
    {
        TWords size = TWords.Repeat(_size), lowerByte = TWords.Repeat(byte.MaxValue);
        var pairs = new DigitPairs<TWords>(_size);
        SymbolTable table = _symbols;
        int symbolsPerWord = SymbolsPerWord;
        int blocks = random.Length / BlockBytes;
        ref byte bytes = ref MemoryMarshal.GetReference(random);
        ref ushort place = ref MemoryMarshal.GetReference(symbols);
        for (int block = 0; block < blocks; block++)
        {
            TWords upper = TWords.Load(ref bytes);
            TWords.Wipe(ref bytes);
            bytes = ref Unsafe.Add(ref bytes, HalvesBytes);
            int k = symbolsPerWord;
            for (; k > 1; k -= 2)
            {
                TWords found = pairs.Split(TakeDigits(ref upper, pairs.Base)).Find(table);
                (found & lowerByte).Store(ref place);
                (found >>> 8).Store(ref Unsafe.Add(ref place, BlockWords));
                place = ref Unsafe.Add(ref place, 2 * BlockWords);
            }

            if (k > 0)
            {
                (TakeDigits(ref upper, size).Find(table) & lowerByte).Store(ref place);
                place = ref Unsafe.Add(ref place, BlockWords);
            }
        }

        return blocks;
    }

    /// <summary>One step: upper and lower half times the base, with the carry from lower to upper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWords TakeDigits<TWords>(ref TWords upper, ref TWords lower, TWords numberBase)
        where TWords : struct, IWords<TWords>
    {
        TWords digits = TakeDigits(ref upper, numberBase);
        TWords carry = TWords.MultiplyHigh(lower, numberBase);
        lower *= numberBase;
        upper += carry;
        return TWords.AddOneWhereLess(digits, upper, carry);   // a sum below what was added has overflowed
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TWords TakeDigits<TWords>(ref TWords upper, TWords numberBase)
        where TWords : struct, IWords<TWords>
    {
        TWords digits = TWords.MultiplyHigh(upper, numberBase);
        upper *= numberBase;
        return digits;
    }
}
