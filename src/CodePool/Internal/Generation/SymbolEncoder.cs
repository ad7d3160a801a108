using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace CodePool.Internal.Generation;

/// <summary>
/// Turns uniformly random 32-bit words into uniformly random symbols: the one place where that is done (of 10 symbols, from what <see cref="Sieve"/> has
/// made of the random bytes: read as they come, they would give biased digits). A block is 32 words; its symbols
/// are written plane by plane (the first symbol of every word, then the second of every word, …), because that is how vectors hold
/// them. Symbols are independent, so their order means nothing; it only must be the same everywhere.
/// </summary>
/// <remarks>
/// One step takes a symbol off a word w as a multiplication does with the digits of a fraction: w * n is (symbol, rest), the rest in 32 bits.
/// k steps give the k digits, base n, of floor(w * n^k / 2^32). Each of the n^k results comes from floor(2^32 / n^k) words or from one
/// more; leaving out the words whose last rest is below 2^32 mod n^k leaves exactly floor(2^32 / n^k) for each: unbiased.
/// Source: D. Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 29 (2019), algorithm 5, here for k digits at once.
/// A step by n * n takes two of these digits at once, n times the first plus the second, and leaves the same rest.
/// With 2, 4, 8, 16 or 32 symbols the upper half of the word decides alone: nothing is drawn for the lower half, and nothing is left out.
/// So it is with 10 symbols, where a <see cref="DecimalSieve"/> has left out what must be.
/// </remarks>
internal sealed partial class SymbolEncoder
{
    /// <summary>Words of a block: their upper halves are one 512-bit vector, two of 256 bits or four of 128.</summary>
    internal const int BlockWords = 32;

    /// <summary>No word gives more symbols: 16 of 2, and of 3 there are 20 in 32 bits.</summary>
    internal const int MostSymbolsPerWord = 20;

    /// <summary>How many words there are.</summary>
    internal const ulong Words = 1UL << 32;

    private const int HalfBits = 16;

    /// <summary>Bytes of the upper halves of a block's words; as many of the lower halves follow.</summary>
    private const int HalvesBytes = BlockWords * sizeof(ushort);

    /// <summary>What replacing a word costs, in words encoded by vectors; measured roughly, and it only steers <see cref="SymbolsPerWord"/>.</summary>
    private const double ReplacingCost = 40;

    private readonly SymbolTable _symbols;
    private readonly int _vectorBits;
    private readonly ushort _size;
    private readonly bool _lowerHalves;

    /// <param name="alphabet">The symbols.</param>
    /// <param name="vectorBits">512, 256, 128, or 0 for none; what the machine does best unless a test says otherwise.</param>
    internal SymbolEncoder(CodeAlphabet alphabet, int? vectorBits = null)
    {
        _symbols = new SymbolTable(alphabet);

        // VBMI looks 64 bytes up at once; without it, 512 bits take many times as long as 256.
        _vectorBits = vectorBits
            ?? (Vector512.IsHardwareAccelerated && Avx512Vbmi.IsSupported ? 512
                : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0);
        _size = (ushort)alphabet.Size;
        (SymbolsPerWord, LeftOut, _lowerHalves) = FewWordsLeftOut(_size);
        if (int.IsPow2(_size) && HalfBits % int.Log2(_size) <= 1)
            (SymbolsPerWord, LeftOut, _lowerHalves) = (HalfBits / int.Log2(_size), 0, false);   // at most one bit of sixteen is wasted
        if (_size == 10)
            (SymbolsPerWord, LeftOut, _lowerHalves, Sieve) = (DecimalSieve.DigitsPerWord, 0, false, new DecimalSieve(_vectorBits));
    }

    /// <summary>What the random bytes must go through first; null where there is no need.</summary>
    internal DecimalSieve? Sieve { get; }

    /// <summary>Bytes of a block.</summary>
    internal int BlockBytes => _lowerHalves ? 2 * HalvesBytes : HalvesBytes;

    /// <summary>How many symbols a word gives.</summary>
    internal int SymbolsPerWord { get; }

    /// <summary>How many symbols a block gives.</summary>
    internal int SymbolsPerBlock => BlockWords * SymbolsPerWord;

    /// <summary>How many of the 2^32 words are left out: those whose last rest is below this.</summary>
    internal uint LeftOut { get; }

    /// <summary>
    /// Encodes as many whole blocks as there are bytes and room for, and wipes their bytes: whoever reads those knows the codes. Words left out are
    /// replaced from <paramref name="spare"/>.
    /// </summary>
    /// <returns>How many blocks were encoded; fewer when the spare words have run out.</returns>
    internal int Encode(scoped Span<byte> random, scoped Span<char> symbols, ref SpareWords spare)
    {
        int blocks = Math.Min(random.Length / BlockBytes, symbols.Length / SymbolsPerBlock);
        Span<ushort> places = MemoryMarshal.Cast<char, ushort>(symbols);
        for (int block = 0; block < blocks; )
        {
            block += EncodeBlocks(random[(block * BlockBytes)..(blocks * BlockBytes)], places[(block * SymbolsPerBlock)..], out uint unsure);
            if (unsure == 0)
                continue;

            // The last of them is not finished, nor wiped.
            Span<byte> unfinished = random.Slice((block - 1) * BlockBytes, BlockBytes);
            if (!TryEncodeWords(unsure, unfinished, places[((block - 1) * SymbolsPerBlock)..], ref spare))
                return block - 1;
            CryptographicOperations.ZeroMemory(unfinished);
        }

        return blocks;
    }

    // The most symbols a word can give without leaving out so many words that replacing them costs more.
    private static (int Symbols, uint LeftOut, bool LowerHalves) FewWordsLeftOut(int size)
    {
        (int Symbols, uint LeftOut, bool LowerHalves) best = default;
        double least = double.MaxValue;
        ulong power = (ulong)size;
        for (int symbols = 1; power <= Words; symbols++, power *= (ulong)size)
        {
            uint leftOut = (uint)(Words % power);
            double cost = (1 + (ReplacingCost * leftOut / Words)) / symbols;
            if (cost < least)
                (least, best) = (cost, (symbols, leftOut, true));
        }

        return best;
    }

    /// <summary>Encodes blocks, up to and including one with words that may have to be left out: bit i for word i. All but that one are wiped.</summary>
    private int EncodeBlocks(Span<byte> random, Span<ushort> symbols, out uint unsure)
    {
        unsure = 0;   // of upper halves alone, none
        switch (_vectorBits)
        {
            case 512:
                return _lowerHalves ? EncodeWords<Words512>(random, symbols, out unsure) : EncodeUpperHalves<Words512>(random, symbols);
            case 256:
                return _lowerHalves ? EncodeWords<Two<Words256>>(random, symbols, out unsure) : EncodeUpperHalves<Two<Words256>>(random, symbols);
            case 128:
                return _lowerHalves ? EncodeWords<Two<Two<Words128>>>(random, symbols, out unsure) : EncodeUpperHalves<Two<Two<Words128>>>(random, symbols);
            default:
                unsure = uint.MaxValue;   // leaves all to the plain reading
                return 1;
        }
    }

    /// <summary>The plain reading of some words of a block, which the vectors must agree with.</summary>
    private bool TryEncodeWords(uint which, scoped ReadOnlySpan<byte> block, scoped Span<ushort> symbols, ref SpareWords spare)
    {
        for (; which != 0; which &= which - 1)
        {
            int i = (int)uint.TrailingZeroCount(which);
            uint word = ReadWord(block, i);
            while (!TryEncodeWord(word, symbols[i..]))
            {
                if (spare.Left == 0)
                    return false;
                word = spare.Next();
            }
        }

        return true;
    }

    private uint ReadWord(ReadOnlySpan<byte> block, int index)
    {
        ushort upper = BinaryPrimitives.ReadUInt16LittleEndian(block[(2 * index)..]);
        ushort lower = _lowerHalves ? BinaryPrimitives.ReadUInt16LittleEndian(block[(HalvesBytes + (2 * index))..]) : (ushort)0;
        return ((uint)upper << 16) | lower;
    }

    private bool TryEncodeWord(uint word, Span<ushort> symbols)
    {
        for (int k = 0; k < SymbolsPerWord; k++)
        {
            ulong product = (ulong)word * _size;
            symbols[k * BlockWords] = _symbols[(int)(product >> 32)];
            word = (uint)product;
        }

        return word >= LeftOut;
    }
}
