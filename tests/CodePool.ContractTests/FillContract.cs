using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>Fill: gapless numbers in the order drawn, duplicates refused, the target respected.</summary>
public abstract partial class FillContract<THarness> : StoreSuite<THarness>
    where THarness : StoreHarness, new()
{
    [Fact]
    public async Task Numbers_have_no_gaps_and_follow_the_order_drawn()
    {
        await Store.FillAsync("M", "Z", "A");
        await Store.FillAsync("C", "B");
        await AssertStoredAsync("M", "Z", "A", "C", "B");
    }

    [Fact]
    public async Task Duplicates_of_the_batch_are_dropped_and_the_first_is_kept()
    {
        FillResult result = await Store.FillAsync(Request(4, "B", "A", "B", "C", "A", "D"), Token);
        Assert.Equal(new FillResult(6, 4, 4, 4), result);
        Assert.Equal(2, result.Refused);
        await AssertStoredAsync("B", "A", "C", "D");
    }

    [Fact]
    public async Task Duplicates_of_the_store_are_dropped_without_a_gap()
    {
        await Store.FillAsync("B", "A");
        FillResult result = await Store.FillAsync(Request(4, "A", "D", "B", "C"), Token);
        Assert.Equal(new FillResult(4, 2, 4, 4), result);
        await AssertStoredAsync("B", "A", "D", "C");
    }

    [Fact]
    public async Task Used_codes_are_duplicates_too()
    {
        await Store.FillAsync("A", "B");
        Epoch epoch = await Store.OpenProcessAsync();
        Lease lease = await Store.LeaseAsync(epoch, 1);
        await Store.MarkAsync(epoch, lease.All());
        Assert.Equal(new FillResult(2, 1, 2, 3), await Store.FillAsync(Request(2, "A", "C"), Token));
    }

    [Fact]
    public async Task A_batch_of_duplicates_only_stores_nothing()
    {
        await Store.FillAsync("A");
        Assert.Equal(new FillResult(3, 0, 1, 1), await Store.FillAsync(Request(4, "A", "A", "A"), Token));
        await Store.AssertLevelsAsync(available: 1);
    }

    [Fact]
    public async Task Spare_codes_are_neither_stored_nor_counted()
    {
        Assert.Equal(new FillResult(3, 2, 2, 2), await Store.FillAsync(Request(2, "A", "A", "B", "C", "D"), Token));
        await AssertStoredAsync("A", "B");
    }

    [Fact]
    public async Task Codes_are_compared_byte_by_byte()
    {
        FillResult result = await Store.FillAsync("abc", "ABC", "aBc", "äbc", "abc-");
        Assert.Equal(5, result.Stored);
        await AssertStoredAsync("abc", "ABC", "aBc", "äbc", "abc-");
        Assert.Null(await Store.FindAsync("Abc", Token));
    }

    [Fact]
    public async Task A_dense_keyspace_is_filled_to_the_last_code_once()
    {
        string[] keyspace = [.. Enumerable.Range(0, 100).Select(value => $"{value:D2}")];
        int seed = 0;
        for (int round = 0; round < 60; round++)
            await Store.FillAsync(new FillRequest(1000, 40, count => Draw(keyspace, ref seed, count)), Token);
        await Store.FillAsync(new FillRequest(1000, 100, _ => keyspace), Token);

        await Store.AssertLevelsAsync(available: 100);
        Epoch epoch = await Store.OpenProcessAsync();
        Assert.Equal(keyspace, (await Store.LeaseAsync(epoch, 100)).Codes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Codes_carry_the_time_of_their_fill()
    {
        await Store.FillAsync("A");
        Harness.Time.Advance(TimeSpan.FromHours(2));
        CodeInfo info = Assert.IsType<CodeInfo>(await Store.FindAsync("A", Token));
        Assert.Equal(Harness.Time.GetUtcNow() - TimeSpan.FromHours(2), info.CreatedAt);
        Assert.Equal(info.CreatedAt, info.UpdatedAt);
    }

    private static FillRequest Request(long target, params string[] codes) => new(target, 100, _ => codes);

    private static List<string> Draw(string[] keyspace, ref int seed, int count)
    {
        var codes = new List<string>();
        for (int index = 0; index < count; index++)
            codes.Add(keyspace[(seed = (seed * 61 + 37) % 9973) % keyspace.Length]);
        return codes;
    }

    /// <summary>All codes available are these, numbered from 1 in this order.</summary>
    private async Task AssertStoredAsync(params string[] codes)
    {
        await Store.AssertExactAsync();
        Lease lease = await Store.LeaseAsync(await Store.OpenProcessAsync(), codes.Length);
        Assert.Equal(1, lease.First);
        Assert.Equal(codes, lease.Codes);
    }
}
