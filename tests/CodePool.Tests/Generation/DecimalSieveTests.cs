using System.Runtime.InteropServices;
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

    /// <summary>A piece is for so many words; one that gives fewer, as one in a billion may, is followed by another.</summary>
    [Theory]
    [InlineData(1), InlineData(32), InlineData(248), InlineData(16_384), InlineData(32_000)]
    public void The_blocks_for_some_words_give_them_but_for_six_standard_deviations(long words)
    {
        double groups = DecimalSieve.BlocksFor(words) * 256.0, share = 1_000 / 1_024.0;
        Assert.InRange(words, 0, (groups * share) - (6 * Math.Sqrt(groups * share * (1 - share))));
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
