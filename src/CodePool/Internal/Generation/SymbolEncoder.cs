using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CodePool.Internal.Generation;

/// <summary>
/// Turns uniformly random 16-bit words into uniformly random symbols: the one place where that is done. A block is 32 words;
/// its symbols are written plane by plane (the first symbol of every word, then the second of every word, …), because that
/// is how vectors hold them. Symbols are independent, so their order means nothing; it only must be the same everywhere.
/// </summary>
/// <remarks>
/// One step takes a symbol off a word w as a multiplication does with the digits of a fraction: w * n is (symbol, rest), 16 bits each.
/// k steps give the k digits, base n, of floor(w * n^k / 2^16). Each of the n^k results comes from floor(2^16 / n^k) words or from one
/// more; leaving out the words whose last rest is below 2^16 mod n^k leaves exactly floor(2^16 / n^k) for each: unbiased.
/// Source: D. Lemire, "Fast Random Integer Generation in an Interval", ACM TOMACS 29 (2019), algorithm 5, here for k digits at once.
/// </remarks>
internal sealed partial class SymbolEncoder
{
    /// <summary>Words of a block: one 512-bit vector of them, or two 256-bit ones.</summary>
    internal const int BlockWords = 32;

    /// <summary>Bytes of a block.</summary>
    internal const int BlockBytes = BlockWords * sizeof(ushort);

    /// <summary>What replacing a word costs, in words encoded by vectors; measured roughly, and it only steers <see cref="SymbolsPerWord"/>.</summary>
    private const double ReplacingCost = 8;

    private readonly int _vectorBits;
    private readonly ushort _size;
    private readonly int _bits;
    private readonly byte[] _symbols = new byte[128];

    /// <param name="alphabet">The symbols.</param>
    /// <param name="vectorBits">512, 256, or 0 for none; what the machine does best unless a test says otherwise.</param>
    internal SymbolEncoder(CodeAlphabet alphabet, int? vectorBits = null)
    {
        _vectorBits = vectorBits
            ?? (Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 0);
        _size = (ushort)alphabet.Size;
        for (int i = 0; i < _size; i++)
            _symbols[i] = (byte)alphabet.Symbols[i];

        // The most symbols a word can give without leaving out so many words that replacing them costs more.
        double least = double.MaxValue;
        int symbols = 1;
        for (int power = _size; power <= 65_536; power *= _size, symbols++)
        {
            double cost = (1 + (ReplacingCost * (65_536 % power) / 65_536)) / symbols;
            if (cost >= least)
                continue;
            (least, SymbolsPerWord, LeftOut) = (cost, symbols, (ushort)(65_536 % power));
        }

        _bits = int.IsPow2(_size) ? int.Log2(_size) : 0;
    }

    /// <summary>How many symbols a word gives.</summary>
    internal int SymbolsPerWord { get; }

    /// <summary>How many symbols a block gives.</summary>
    internal int SymbolsPerBlock => BlockWords * SymbolsPerWord;

    /// <summary>How many of the 65,536 words are left out: those whose last rest is below this.</summary>
    internal ushort LeftOut { get; }

    /// <summary>Encodes as many whole blocks as there are bytes and room for; words left out are replaced from <paramref name="spare"/>.</summary>
    /// <returns>How many blocks were encoded; fewer when the spare words have run out.</returns>
    internal int Encode(scoped ReadOnlySpan<byte> random, scoped Span<char> symbols, ref SpareWords spare)
    {
        int blocks = Math.Min(random.Length / BlockBytes, symbols.Length / SymbolsPerBlock);
        for (int block = 0; block < blocks; block++)
        {
            Span<ushort> places = MemoryMarshal.Cast<char, ushort>(symbols.Slice(block * SymbolsPerBlock, SymbolsPerBlock));
            uint leftOut = EncodeBlock(random.Slice(block * BlockBytes, BlockBytes), places);
            if (leftOut != 0 && !TryReplace(leftOut, places, ref spare))
                return block;
        }

        return blocks;
    }

    private uint EncodeBlock(ReadOnlySpan<byte> random, Span<ushort> symbols) => _vectorBits switch
    {
        512 => Encode512(random, symbols),
        256 => Encode256(random[..32], symbols, 0) | (Encode256(random[32..], symbols, 16) << 16),
        _ => EncodeScalar(random, symbols),
    };

    /// <summary>The plain reading of a block, which the vectors must agree with.</summary>
    private uint EncodeScalar(ReadOnlySpan<byte> random, Span<ushort> symbols)
    {
        uint leftOut = 0;
        for (int i = 0; i < BlockWords; i++)
        {
            ushort word = BinaryPrimitives.ReadUInt16LittleEndian(random[(2 * i)..]);
            if (!TryEncodeWord(word, symbols[i..]))
                leftOut |= 1u << i;
        }

        return leftOut;
    }

    private bool TryEncodeWord(ushort word, Span<ushort> symbols)
    {
        for (int k = 0; k < SymbolsPerWord; k++)
        {
            uint product = (uint)word * _size;
            symbols[k * BlockWords] = _symbols[product >> 16];
            word = (ushort)product;
        }

        return word >= LeftOut;
    }

    private bool TryReplace(uint leftOut, scoped Span<ushort> symbols, ref SpareWords spare)
    {
        for (; leftOut != 0; leftOut &= leftOut - 1)
        {
            int place = (int)uint.TrailingZeroCount(leftOut);
            do
            {
                if (spare.Left == 0)
                    return false;
            }
            while (!TryEncodeWord(spare.Next(), symbols[place..]));
        }

        return true;
    }
}
