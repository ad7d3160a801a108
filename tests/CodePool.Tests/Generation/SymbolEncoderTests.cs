using System.Buffers.Binary;
using CodePool.Internal.Generation;

namespace CodePool.Tests.Generation;

public class SymbolEncoderTests
{
    private static readonly byte[] EveryWord = [.. Enumerable.Range(0, 65_536).SelectMany(word => new[] { (byte)word, (byte)(word >> 8) })];

    /// <summary>Every size, and every way to encode.</summary>
    public static TheoryData<int, int> SizesAndWidths()
    {
        var data = new TheoryData<int, int>();
        for (int size = 2; size <= 94; size++)
        {
            foreach (int bits in new[] { 0, 256, 512 })
                data.Add(size, bits);
        }

        return data;
    }

    /// <summary>
    /// The proof by counting: of all 65,536 words, those that are not left out give every tuple of symbols equally often. Words that
    /// are left out are replaced by one that is known here, so they can be told from the others.
    /// </summary>
    [Theory]
    [MemberData(nameof(SizesAndWidths))]
    public void All_words_together_give_every_tuple_of_symbols_equally_often(int size, int bits)
    {
        SymbolEncoder encoder = Encoder(size, bits);
        int tuples = (int)Math.Pow(size, encoder.SymbolsPerWord);
        int[] counts = new int[tuples];
        foreach (int tuple in Tuples(encoder, size))
            counts[tuple]++;

        // The replacing word gives the last tuple.
        counts[tuples - 1] -= encoder.LeftOut;
        Assert.All(counts, count => Assert.Equal(65_536 / tuples, count));
    }

    [Theory]
    [MemberData(nameof(SizesAndWidths))]
    public void Few_words_are_left_out(int size, int bits) =>
        Assert.InRange((int)Encoder(size, bits).LeftOut, 0, 65_536 / 8);

    [Fact]
    public void It_stops_before_a_block_for_which_there_are_no_spare_words_left()
    {
        SymbolEncoder encoder = Encoder(10, 0);
        byte[] zeros = new byte[3 * SymbolEncoder.BlockBytes]; // Zero is always left out where anything is.
        char[] symbols = new char[3 * encoder.SymbolsPerBlock];
        var spare = new SpareWords([.. Enumerable.Repeat((byte)255, 2 * SymbolEncoder.BlockBytes)]);
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

    private static SymbolEncoder Encoder(int size, int bits) => new(new CodeAlphabet(Samples.PrintableAscii[..size]), bits);

    /// <summary>The tuple of each word, as a number in base <paramref name="size"/>.</summary>
    private static IEnumerable<int> Tuples(SymbolEncoder encoder, int size)
    {
        char[] symbols = new char[65_536 * encoder.SymbolsPerWord];
        byte[] replacing = new byte[2 * 65_536];
        for (int i = 0; i < replacing.Length; i += 2)
            BinaryPrimitives.WriteUInt16LittleEndian(replacing.AsSpan(i), 65_535);
        var spare = new SpareWords(replacing);
        Assert.Equal(65_536 / SymbolEncoder.BlockWords, encoder.Encode(EveryWord, symbols, ref spare));

        var tuples = new List<int>();
        for (int word = 0; word < 65_536; word++)
        {
            int start = (word / SymbolEncoder.BlockWords * encoder.SymbolsPerBlock) + (word % SymbolEncoder.BlockWords);
            int tuple = 0;
            for (int k = 0; k < encoder.SymbolsPerWord; k++)
                tuple = (tuple * size) + (symbols[start + (k * SymbolEncoder.BlockWords)] - '!');
            tuples.Add(tuple);
        }

        return tuples;
    }
}
