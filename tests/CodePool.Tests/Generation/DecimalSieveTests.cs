using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using CodePool.Internal.Generation;

namespace CodePool.Tests.Generation;

public class DecimalSieveTests
{
    private const int Lanes = SymbolEncoder.BlockWords;

    public static TheoryData<int> Widths => [0, 128, 256, 512];

    /// <summary>The proof by counting: at each of the eight places of a lane, every group once.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void Every_triple_of_digits_comes_from_one_group(int bits)
    {
        byte[] random = [.. Enumerable.Range(0, 1_024).Chunk(Lanes).SelectMany(groups => BlockOf(groups.Select(group => Enumerable.Repeat(group, 8).ToArray())))];
        ushort[] words = Sift(random, bits);
        int[] triples = [.. words.Select(word => (word * 1_000) >> 16)];
        Assert.All(triples.CountBy(triple => triple), count => Assert.Equal(8, count.Value));
        Assert.Equal(Enumerable.Range(0, 1_000), triples.Distinct().Order());
        Assert.All(words, word => Assert.Equal(0, word & 63));
    }

    /// <summary>What the plain reading does, written down as text: the bits of each lane, cut into groups of ten.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void It_keeps_what_is_not_left_out_in_the_order_of_the_places(int bits)
    {
        byte[] random = new byte[100 * DecimalSieve.RandomBytes];
        new Random(5).NextBytes(random);
        ushort[] expected = [.. random.Chunk(DecimalSieve.RandomBytes).SelectMany(Groups).Where(g => g * 1_000 % 1_024 >= 24).Select(g => (ushort)(g << 6))];
        Assert.Equal(expected, Sift(random, bits));

        static IEnumerable<int> Groups(byte[] block)
        {
            string[] words = [.. MemoryMarshal.Cast<byte, ushort>(block).ToArray().Select(word => Convert.ToString(word, 2).PadLeft(16, '0'))];
            string[][] lanes = [.. Enumerable.Range(0, Lanes).Select(lane => Lane([.. Enumerable.Range(0, 5).Select(plane => words[(plane * Lanes) + lane])]))];
            return Enumerable.Range(0, 8).SelectMany(place => lanes.Select(lane => Convert.ToInt32(lane[place], 2)));
        }

        static string[] Lane(string[] words) =>
            [.. words.Select(word => word[..10]), .. string.Concat(words.Select(word => word[10..])).Chunk(10).Select(group => new string(group))];
    }

    /// <summary>Nothing is left out, so that the words come as near to the bytes that are still to be read as they can.</summary>
    [Theory]
    [MemberData(nameof(Widths))]
    public void It_overwrites_no_bytes_that_it_has_not_read(int bits)
    {
        var random = new Random(6);
        byte[][] blocks = [.. Enumerable.Range(0, 128).Select(_ => BlockOf(Enumerable.Range(0, Lanes).Select(_ => Kept(8).ToArray())))];
        ushort[] apart = [.. blocks.SelectMany(block => Sift(block, bits))];
        Assert.Equal(128 * 256, apart.Length);
        Assert.Equal(apart, Sift([.. blocks.SelectMany(block => block)], bits));
        Assert.Equal(apart[..512], Sift([.. blocks[..2].SelectMany(block => block)], bits));

        IEnumerable<int> Kept(int count) => Enumerable.Range(0, int.MaxValue).Select(_ => random.Next(1_024)).Where(g => g * 1_000 % 1_024 >= 24).Take(count);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void It_wipes_what_is_beyond_the_words(int bits)
    {
        byte[] bytes = new byte[3 * DecimalSieve.Room];
        bytes.AsSpan().Fill(255);
        bytes.AsSpan(^320).Clear();   // group 0 is left out
        Assert.Equal(512, new DecimalSieve(bits).Sift(bytes));
        Assert.Equal(-1, bytes.AsSpan(0, 1_024).IndexOfAnyExcept((byte)0xC0, (byte)0xFF));
        Assert.Equal(-1, bytes.AsSpan(1_024).IndexOfAnyExcept((byte)0));
    }

    /// <summary>A piece is for so many words; one that gives fewer is followed by another.</summary>
    [Fact]
    public void The_blocks_for_some_words_give_them_but_for_six_standard_deviations()
    {
        const double Share = 1_000 / 1_024.0;
        for (long words = 1; words <= 31_000; words++)
        {
            double groups = DecimalSieve.BlocksFor(words) * 256.0;
            Assert.InRange(words, 0, (groups * Share) - (6 * Math.Sqrt(groups * Share * (1 - Share))));
        }
    }

    /// <summary>
    /// The codes of a generator are the triples of the words, plane by plane, and nothing else: no word that was not kept, none twice. Some of the bytes
    /// are zeros, of which none is kept, so that a piece gives fewer words than were wanted.
    /// </summary>
    [Theory]
    [InlineData(0, 1), InlineData(128, 184), InlineData(256, 8_001), InlineData(512, 1), InlineData(512, 184), InlineData(512, 20_000)]
    public void A_generator_gives_the_digits_of_the_words_in_turn(int bits, int count)
    {
        var random = new Random(count);
        var digits = new StringBuilder();
        var generator = new CodeGenerator(new CodeFormat(CodeAlphabet.Digits, 12), Fill, bits);
        Assert.StartsWith(string.Concat(generator.Generate(count)), digits.ToString(), StringComparison.Ordinal);

        void Fill(Span<byte> destination)
        {
            random.NextBytes(destination);
            destination[random.Next(destination.Length)..].Clear();
            foreach (ushort[] block in Sift(destination.ToArray(), 0).Chunk(Lanes).Where(block => block.Length == Lanes))
            {
                string[] triples = [.. block.Select(word => ((word >> 6) * 1_000 / 1_024).ToString("000", CultureInfo.InvariantCulture))];
                for (int digit = 0; digit < 3; digit++)
                    digits.Append(string.Concat(triples.Select(triple => triple[digit])));
            }
        }
    }

    private static ushort[] Sift(byte[] random, int bits)
    {
        byte[] bytes = new byte[random.Length / DecimalSieve.RandomBytes * DecimalSieve.Room];
        random.CopyTo(bytes, bytes.Length - random.Length);
        int words = new DecimalSieve(bits).Sift(bytes);
        return MemoryMarshal.Cast<byte, ushort>(bytes)[..words].ToArray();
    }

    /// <summary>A block of 32 lanes of eight groups each.</summary>
    private static byte[] BlockOf(IEnumerable<int[]> lanes)
    {
        ushort[] words = new ushort[5 * Lanes];
        foreach ((int lane, int[] groups) in lanes.Index())
        {
            int tails = (groups[5] << 20) | (groups[6] << 10) | groups[7];
            for (int plane = 0; plane < 5; plane++)
                words[(plane * Lanes) + lane] = (ushort)((groups[plane] << 6) | ((tails >> (6 * (4 - plane))) & 63));
        }

        return MemoryMarshal.AsBytes<ushort>(words).ToArray();
    }
}
