using CodePool.Providers;
using CodePool.Redis.Internal;
using CodePool.Redis.Tests.Support;

namespace CodePool.Redis.Tests.Fence;

/// <summary>Somebody writes over an entry of the pool's lists, which are as long as before.</summary>
public sealed class StrangersEntryTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What stands where a run should be, in a list as long as it was. A digit too many, a code too few: whose codes these are cannot be told.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("1 2")]
    [InlineData("1 2 3 ")]
    [InlineData("0 1 1 CODE")]
    [InlineData("-1 1 1 CODE")]
    [InlineData("3 1 1 CODE")]
    [InlineData("5 1 1 CODE")]
    [InlineData("1\t1 1 CODE")]
    [InlineData("1001 1 1 {1001}")]
    [InlineData("99999999999999999999999 1 1 CODE")]
    public async Task What_is_no_run_is_refused_and_the_next_epoch_is_sound(string entry)
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess();
        Epoch epoch = await OpenAsync(pool, process, count: 20); // 16, 4
        await process.PopAsync(1);
        await redis.Server.ExecuteAsync("LSET", pool.List(epoch), "0", entry.Replace("{1001}", new string('C', 1_001), StringComparison.Ordinal));

        Assert.Equal(15, (await process.PopAsync(15)).Count);
        Assert.Equal(CacheStatus.Fenced, await process.PopStatusAsync(1));
        Assert.Equal(CacheStatus.Fenced, await process.PopStatusAsync(1));

        Epoch next = await process.OpenAsync(pool, number: 2);
        Assert.Equal(CacheStatus.Ok, await process.PushAsync(next, lease: 3, first: 31, count: 3));
        Assert.Equal([31, 32, 33], await process.PopAsync(5));
    }

    /// <summary>Unseen by lengths alone: the drain would stop for good, with an empty journal by the numbers and a full one in truth.</summary>
    [Theory]
    [InlineData("loose", false)]
    [InlineData("loose", true)]
    [InlineData("journal", false)]
    [InlineData("journal", true)]
    public async Task An_entry_that_holds_more_than_was_popped_would_stop_the_drain(string list, bool weakened)
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess(Weakened.If(weakened, Weakened.FewerThanEntries));
        Epoch epoch = await OpenAsync(pool, process, count: 20);
        await process.PopAsync(1);
        await redis.Server.ExecuteAsync("LSET", list == "loose" ? pool.Loose(epoch) : pool.Journal(epoch), "0", $"90 1 2 {new string('\t', 90)}");
        for (int pop = 0; pop < 10; pop++)
            await process.PopAsync(1, Token);

        await process.TrimAsync((await process.ReadAsync(90))!);
        if (list == "loose")
            await process.TrimAsync((await process.ReadAsync(90))!);

        Assert.Equal(weakened ? CacheStatus.Ok : CacheStatus.Fenced, await process.PopStatusAsync(1));
        if (weakened)
            Assert.True((await process.LevelsAsync())!.Value.Journaled < 0);
    }

    [Fact]
    public async Task A_run_where_a_code_lay_loose_brings_nothing()
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess();
        Epoch epoch = await OpenAsync(pool, process, count: 20);
        await process.PopAsync(1);
        await redis.Server.ExecuteAsync("LSET", pool.Loose(epoch), "0", $"16 1 5 {new string('C', 16)}");

        Assert.Empty(await process.PopAsync(1));
        Assert.Equal([3], await process.PopAsync(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_run_that_holds_more_than_was_pushed_would_end_leases_too_early(bool weakened)
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess(Weakened.If(weakened, Weakened.FewerThanRuns));
        Epoch epoch = await OpenAsync(pool, process, count: 64);
        await redis.Server.ExecuteAsync("LSET", pool.List(epoch), "0", $"100 1 1 {new string('C', 100)}");

        await process.PopAsync(16);

        Assert.Equal(weakened ? CacheStatus.Ok : CacheStatus.Fenced, await process.PopStatusAsync(100));
        if (weakened)
            Assert.True((await process.LevelsAsync())!.Value.Cached < 0);
    }

    /// <summary>Runs as another version might push them, or a stranger: together as many codes as were pushed, or fewer, or more.</summary>
    [Theory]
    [InlineData(20, 10, 10, CacheStatus.Ok)]
    [InlineData(1, 2, 37, CacheStatus.Ok)]
    [InlineData(36, 2, 2, CacheStatus.Ok)]
    [InlineData(19, 10, 10, CacheStatus.Fenced)]
    [InlineData(21, 10, 10, CacheStatus.Fenced)]
    public async Task Runs_of_any_length_are_taken_apart_and_counted(int first, int second, int third, CacheStatus atTheEnd)
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess();
        Epoch epoch = await OpenAsync(pool, process, count: 40); // 16, 16, 8
        int[] lengths = [first, second, third];
        for (int run = 0; run < 3; run++)
        {
            IEnumerable<string> codes = Enumerable.Range((run * 100) + 1, lengths[run]).Select(number => $"{number:d3}");
            await redis.Server.ExecuteAsync("LSET", pool.List(epoch), $"{run}", $"{lengths[run]} 1 {(run * 100) + 1} {string.Concat(codes)}");
        }

        List<LeasedCode> popped = [];
        foreach (int count in (int[])[32, 1, 2, 100])
            popped.AddRange((await process.PopAsync(count, Token)).Codes);

        Assert.All(popped, code => Assert.Equal($"{code.Number:d3}", code.Code));
        if (atTheEnd == CacheStatus.Ok)
        {
            JournalBatch journal = (await process.ReadAsync())!;
            Assert.Equal(popped, journal.Codes);
            Assert.Equal(popped.Count, journal.Length);
        }

        Assert.Equal(atTheEnd, await process.PopStatusAsync(1));
        IEnumerable<long> all = lengths.SelectMany((length, run) => Enumerable.Range((run * 100) + 1, length)).Select(number => (long)number);
        Assert.Equal(atTheEnd == CacheStatus.Ok ? all : all.Take(popped.Count), popped.Select(code => code.Number));
    }

    private static async Task<Epoch> OpenAsync(TestPool pool, RedisCodeCache process, int count)
    {
        Epoch epoch = await process.OpenAsync(pool);
        await process.PushAsync(epoch, lease: 1, first: 1, count: count);
        return epoch;
    }
}
