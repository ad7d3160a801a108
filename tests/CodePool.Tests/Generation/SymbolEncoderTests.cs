using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using CodePool.Internal.Generation;

namespace CodePool.Tests.Generation;

public class SymbolEncoderTests
{
    /// <summary>Every size, and every way to encode.</summary>
    public static TheoryData<int, int> SizesAndWidths()
    {
        var data = new TheoryData<int, int>();
        for (int size = 2; size <= 94; size++)
        {
            foreach (int bits in new[] { 0, 128, 256, 512 })
                data.Add(size, bits);
        }

        return data;
    }

    /// <summary>All but 10 symbols: what is left out for those, <see cref="DecimalSieve"/> does.</summary>
    public static IEnumerable<TheoryDataRow<int, int>> SizesThatTakeAnyWord() => SizesAndWidths().Where(row => row.Data.Item1 != 10);

    /// <summary>
    /// The proof by counting: floor(w * n^k / 2^32) never falls as w grows, so the words of a tuple of symbols follow each other. For each tuple
    /// looked at, all of them that are not left out are floor(2^32 / n^k) in number: tested at both ends of the run, and just beyond.
    /// </summary>
    [Theory]
    [MemberData(nameof(SizesThatTakeAnyWord))]
    public void Every_tuple_of_symbols_comes_from_equally_many_words(int size, int bits)
    {
        SymbolEncoder encoder = Encoder(size, bits);
        ulong tuples = (ulong)BigInteger.Pow(size, encoder.SymbolsPerWord), share = SymbolEncoder.Words / tuples;
        foreach (ulong tuple in Some(tuples))
        {
            // The first word whose product with n^k, less 2^32 times the tuple, is at least what is left out.
            ulong first = ((tuple * SymbolEncoder.Words) + encoder.LeftOut + tuples - 1) / tuples;
            Assert.Equal(tuple, TupleOf(encoder, size, first));
            Assert.Equal(tuple, TupleOf(encoder, size, first + share - 1));
            Assert.NotEqual(tuple, TupleOf(encoder, size, first - 1));
            Assert.NotEqual(tuple, TupleOf(encoder, size, first + share));
        }
    }

    /// <summary>Halves where carries and comparisons could go wrong, in every combination; chance ones; and every pair of digits that a step can take.</summary>
    [Theory]
    [MemberData(nameof(SizesAndWidths))]
    public void Vectors_of_every_width_read_every_word_as_the_plain_reading_does(int size, int bits)
    {
        ushort[] halves = [0, 1, 127, 128, 255, 256, 257, 0x7FFE, 0x7FFF, 0x8000, 0x8001, 0xFEFF, 0xFF00, 0xFFFD, 0xFFFE, 0xFFFF];
        var random = new Random(size);
        ushort[] words = [.. halves.SelectMany(upper => halves.SelectMany(lower => Block(upper, lower))), .. Chance(), .. EveryUpperHalf()];
        byte[] bytes = MemoryMarshal.AsBytes<ushort>(words).ToArray();
        Assert.Equal(Encode(Encoder(size, 0), bytes), Encode(Encoder(size, bits), bytes));

        static IEnumerable<ushort> Block(ushort upper, ushort lower) =>
            [.. Enumerable.Repeat(upper, SymbolEncoder.BlockWords), .. Enumerable.Repeat(lower, SymbolEncoder.BlockWords)];

        IEnumerable<ushort> EveryUpperHalf() => Enumerable.Range(0, 65_536).Select(upper => (ushort)upper).Chunk(SymbolEncoder.BlockWords)
            .SelectMany(block => block.Concat(Enumerable.Repeat((ushort)0x8000, SymbolEncoder.BlockWords)));

        IEnumerable<ushort> Chance() => Enumerable.Range(0, 64_000).Select(_ => (ushort)random.Next(65_536));
    }

    [Theory]
    [MemberData(nameof(SizesAndWidths))]
    public void Few_words_are_left_out(int size, int bits) =>
        Assert.InRange(Encoder(size, bits).LeftOut, 0u, (uint)(SymbolEncoder.Words / 64));

    [Fact]
    public void It_stops_before_a_block_for_which_there_are_no_spare_words_left()
    {
        SymbolEncoder encoder = Encoder(58, 0);
        byte[] zeros = new byte[3 * encoder.BlockBytes]; // Zero is always left out where anything is.
        char[] symbols = new char[3 * encoder.SymbolsPerBlock];
        var spare = new SpareWords([.. Enumerable.Repeat((byte)255, 2 * encoder.BlockBytes)]);
        Assert.Equal(2, encoder.Encode(zeros, symbols, ref spare));
    }

    [Fact]
    public void It_encodes_whole_blocks_only()
    {
        SymbolEncoder encoder = Encoder(32, 0);
        var spare = new SpareWords([]);
        Assert.Equal(0, encoder.Encode(new byte[63], new char[1_000], ref spare));
        Assert.Equal(0, encoder.Encode(new byte[640], new char[encoder.SymbolsPerBlock - 1], ref spare));
        Assert.Equal(2, encoder.Encode(new byte[640], new char[(3 * encoder.SymbolsPerBlock) - 1], ref spare));
    }

    [Theory]
    [MemberData(nameof(SizesAndWidths))]
    public void It_wipes_the_bytes_of_what_it_encoded_and_no_others(int size, int bits)
    {
        SymbolEncoder encoder = Encoder(size, bits);
        byte[] bytes = new byte[20 * encoder.BlockBytes];
        new Random(size).NextBytes(bytes);
        bytes.AsSpan(3 * encoder.BlockBytes, 2).Clear();
        bytes.AsSpan(4 * encoder.BlockBytes, encoder.BlockBytes).Clear(); // words that may be, and are, left out
        byte[] before = [.. bytes];
        var spare = new SpareWords([.. Enumerable.Repeat((byte)255, 4 * encoder.BlockBytes)]);

        Assert.Equal(15, encoder.Encode(bytes, new char[15 * encoder.SymbolsPerBlock], ref spare));

        int used = 15 * encoder.BlockBytes;
        Assert.Equal(-1, bytes.AsSpan(0, used).IndexOfAnyExcept((byte)0));
        Assert.Equal(before[used..], bytes[used..]);
    }

    private static SymbolEncoder Encoder(int size, int bits) => new(new CodeAlphabet(Samples.PrintableAscii[..size]), bits);

    /// <summary>Tuples at both ends and, if there are many, some between.</summary>
    private static IEnumerable<ulong> Some(ulong tuples) =>
        Enumerable.Range(0, 50).Select(i => (ulong)i * (tuples / 50)).Append(tuples - 1).Append(tuples / 2).Distinct();

    private static char[] Encode(SymbolEncoder encoder, byte[] random)
    {
        char[] symbols = new char[random.Length / encoder.BlockBytes * encoder.SymbolsPerBlock];
        var spare = new SpareWords([.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7))]);
        Assert.Equal(random.Length / encoder.BlockBytes, encoder.Encode([.. random], symbols, ref spare));
        return symbols;
    }

    /// <summary>The tuple that a word gives, as a number in base <paramref name="size"/>; null if it is left out, or not a word.</summary>
    private static ulong? TupleOf(SymbolEncoder encoder, int size, ulong word)
    {
        if (word >= SymbolEncoder.Words)
            return null;

        // A block of this word; it has only the upper half where the lower one counts for nothing.
        byte[] block = new byte[encoder.BlockBytes];
        for (int i = 0; i < SymbolEncoder.BlockWords; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(2 * i), (ushort)(word >> 16));
            if (encoder.BlockBytes > 2 * SymbolEncoder.BlockWords)
                BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(2 * (SymbolEncoder.BlockWords + i)), (ushort)word);
        }

        // Without spare words, a block with a word to be left out is refused.
        char[] symbols = new char[encoder.SymbolsPerBlock];
        var spare = new SpareWords([]);
        if (encoder.Encode(block, symbols, ref spare) == 0)
            return null;

        ulong[] tuples = [.. Enumerable.Range(0, SymbolEncoder.BlockWords).Select(Tuple)];
        return Assert.Single(tuples.Distinct());

        ulong Tuple(int i) => Enumerable.Range(0, encoder.SymbolsPerWord).Aggregate(
            0UL, (tuple, k) => (tuple * (ulong)size) + symbols[i + (k * SymbolEncoder.BlockWords)] - '!');
    }
}
