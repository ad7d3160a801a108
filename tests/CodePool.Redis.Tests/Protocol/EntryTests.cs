using System.Text;
using CodePool.Providers;
using CodePool.Redis.Internal;
using StackExchange.Redis;

namespace CodePool.Redis.Tests.Protocol;

/// <summary>Codes as they lie in a list, there and back.</summary>
public sealed class EntryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(Entry.RunLength)]
    [InlineData(Entry.RunLength + 1)]
    [InlineData(100)]
    public void A_lease_comes_back_as_it_was(int count)
    {
        var lease = new Lease(7, 1_000, [.. Enumerable.Range(0, count).Select(i => $"A {i:d4}")]);

        List<RedisValue> runs = [.. Entry.Write(lease)];

        Assert.Equal((count + Entry.RunLength - 1) / Entry.RunLength, runs.Count);
        Assert.Equal(lease.Codes.Select((code, i) => new LeasedCode(7, 1_000 + i, code)), Read(string.Join('\n', runs)));
    }

    [Fact]
    public void Codes_of_different_lengths_do_not_share_a_run()
    {
        var lease = new Lease(1, 1, ["A", "B", "CC", "DD", "E"]);

        Assert.Equal(["2 1 1 AB", "2 1 3 CCDD", "1 1 5 E"], Entry.Write(lease).Select(run => run.ToString()));
    }

    [Fact]
    public void A_code_that_no_format_has_is_not_written()
    {
        var lease = new Lease(1, 1, ["AÜ"]);

        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => Entry.Write(lease).ToList());
        Assert.DoesNotContain("Ü", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1 2 3")]
    [InlineData("1 2 3 ")]
    [InlineData("0 2 3 A")]
    [InlineData("2 2 3 A")]
    [InlineData("3 2 3 ABCD")]
    [InlineData("1 2 0 A")]
    [InlineData("1 -2 3 A")]
    [InlineData("1 2 3 A\tB")]
    [InlineData("9999999999999999999 2 3 A")]
    [InlineData("1 2 3 ABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDEFGHIJABCDE")]
    public void What_is_no_entry_is_left_out(string entry) =>
        Assert.Equal([new LeasedCode(1, 8, "B"), new LeasedCode(1, 9, "C")], Read($"{entry}\n2 1 8 BC\n{entry}"));

    /// <summary>A line break within an entry, or a run where a code lay loose: Redis has counted fewer.</summary>
    [Theory]
    [InlineData("1 1 1 A\n1 1 2 B\n1 1 3 C", 2)]
    [InlineData("1 1 1 A\n1 1 2 B\n2 1 3 CD", 2)]
    [InlineData("3 1 7 XYZ\n2 1 1 AB", 2)]
    public void No_more_codes_are_read_than_were_counted(string entries, int counted) =>
        Assert.Equal([new LeasedCode(1, 1, "A"), new LeasedCode(1, 2, "B")], Entry.ReadAll(Encoding.UTF8.GetBytes(entries), counted));

    private static List<LeasedCode> Read(string entries) => Entry.ReadAll(Encoding.UTF8.GetBytes(entries), 1_000);
}
