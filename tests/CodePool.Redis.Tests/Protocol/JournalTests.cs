using CodePool.Providers;
using CodePool.Redis.Internal;
using CodePool.Redis.Tests.Support;

namespace CodePool.Redis.Tests.Protocol;

/// <summary>What was taken stays in the journal until exactly that was marked.</summary>
public sealed class JournalTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_drainers_who_read_the_same_trim_it_once(bool weakened)
    {
        await using var pool = new TestPool(redis.Server);
        RedisScripts? scripts = Weakened.If(weakened, Weakened.Head);
        RedisCodeCache[] drainers = [pool.CreateProcess(scripts), pool.CreateProcess(scripts)];
        await drainers.TakeAsync(pool, count: 8);
        JournalBatch first = (await drainers[0].ReadAsync(4))!;
        await LetTheClaimRunOutAsync(pool);
        JournalBatch second = (await drainers[1].ReadAsync(4))!;
        Assert.Equal(first.Codes, second.Codes);

        await drainers[0].TrimAsync(first);
        await drainers[1].TrimAsync(second);
        await drainers[1].TrimAsync(second);

        // Without a look at the head, four that nobody has marked are gone, and what repeats it drives the counters apart.
        Assert.Equal(weakened ? [] : [5, 6, 7, 8], await drainers[1].ReadNumbersAsync());
    }

    [Fact]
    public async Task A_trim_that_comes_after_somebody_elses_takes_nothing()
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache[] drainers = [pool.CreateProcess(), pool.CreateProcess()];
        await drainers.TakeAsync(pool, count: 9);
        JournalBatch slow = (await drainers[0].ReadAsync(6))!;
        await LetTheClaimRunOutAsync(pool);
        await drainers[1].TrimAsync((await drainers[1].ReadAsync(2))!);

        await drainers[0].TrimAsync(slow);

        Assert.Equal([3, 4, 5, 6, 7, 8, 9], await drainers[1].ReadNumbersAsync());
        Assert.Equal(new CacheLevels(0, 7), await drainers[1].LevelsAsync());
    }

    [Fact]
    public async Task Only_what_was_read_is_trimmed()
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess();
        Epoch epoch = await process.TakeAsync(pool, count: 2);
        JournalBatch batch = (await process.ReadAsync())!;
        await process.PushAsync(epoch, lease: 2, first: 3, count: 2);
        await process.PopAsync(2);

        await process.TrimAsync(batch);

        Assert.Equal([3, 4], await process.ReadNumbersAsync());
    }

    [Fact]
    public async Task While_one_drains_the_others_need_not()
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache[] drainers = [pool.CreateProcess(), pool.CreateProcess()];
        await drainers.TakeAsync(pool, count: 4);

        Assert.Equal([1, 2], await drainers[0].ReadNumbersAsync(2));
        Assert.Null(await drainers[1].ReadAsync(2));
        Assert.Equal([1, 2], await drainers[0].ReadNumbersAsync(2));

        await LetTheClaimRunOutAsync(pool);
        Assert.Equal([1, 2], await drainers[1].ReadNumbersAsync(2));
        Assert.Null(await drainers[0].ReadAsync(2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task At_its_bound_nothing_is_popped_until_there_is_room_again(bool weakened)
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess(Weakened.If(weakened, Weakened.Bound), maxJournal: 5);
        Epoch epoch = await process.OpenAsync(pool);
        await process.PushAsync(epoch, lease: 1, first: 1, count: 10);

        Assert.Equal([1, 2, 3], await process.PopAsync(3));
        Assert.Equal(weakened ? [4, 5, 6, 7, 8, 9, 10] : [4, 5], await process.PopAsync(10));
        if (weakened)
            return;
        PopResult full = await process.PopAsync(1, Token);
        Assert.Equal((CacheStatus.Full, 0, 5L, 5L), (full.Status, full.Codes.Count, full.Remaining, full.Journaled));

        await process.TrimAsync((await process.ReadAsync(3))!);
        Assert.Equal([6, 7, 8], await process.PopAsync(10));
        Assert.Equal(CacheStatus.Full, await process.PopStatusAsync(1));
    }

    [Fact]
    public async Task What_was_popped_together_is_read_and_trimmed_together()
    {
        const int Run = Entry.RunLength;
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess();
        Epoch epoch = await process.OpenAsync(pool);
        await process.PushAsync(epoch, lease: 1, first: 1, count: 4 * Run);
        await process.PopAsync(2);             // cut from a run,
        await process.PopAsync(1);             // one of what is left of it,
        await process.PopAsync(2 * Run);       // the others, a whole run, and what is cut from the next

        // 2 | 1 | Run - 3 that lay loose, a whole run, 3 that were cut.
        Assert.Equal(2 + (Run - 3) + 2, (await redis.Server.ExecuteAsync("LLEN", pool.Journal(epoch))).Number);
        List<long> marked = [];
        for (int most = 1; await process.ReadAsync(most) is { } batch; most++)
        {
            // No more than asked for, but an entry at least, whole.
            Assert.InRange(batch.Length, 1, batch.Entries == 1 ? Run : most);
            Assert.Equal(batch.Length, batch.Codes.Count);
            marked.AddRange(batch.Codes.Select(code => code.Number));
            await process.TrimAsync(batch);
            Assert.Equal(new CacheLevels((2 * Run) - 3, (2 * Run) + 3 - marked.Count), await process.LevelsAsync());
        }

        Assert.Equal(Enumerable.Range(1, (2 * Run) + 3).Select(number => (long)number), marked);
        Assert.Equal((2 * Run) - 3, (await process.PopAsync(100)).Count);
    }

    /// <summary>A stranger's, in place of an entry of ours: however many codes it says it holds, it counts as one, and is in nobody's way.</summary>
    [Theory]
    [InlineData("999999 1 5 x")]
    [InlineData("99999999999999999999999 1 5 x")]
    [InlineData("2 1 5 \tx")]
    [InlineData("")]
    public async Task What_is_no_entry_is_trimmed_with_the_others(string entry)
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess();
        Epoch epoch = await process.TakeAsync(pool, count: 3);
        await redis.Server.ExecuteAsync("LSET", pool.Journal(epoch), "1", entry);

        JournalBatch batch = (await process.ReadAsync())!;
        Assert.Equal((entry[0..Math.Min(1, entry.Length)] == "2" ? 4 : 3, 3), (batch.Length, batch.Entries));
        Assert.Equal([1, 3], batch.Codes.Select(code => code.Number));
        await process.TrimAsync(batch);

        // Two for one is more than was ever popped.
        Assert.Equal(batch.Length == 3 ? new CacheLevels(0, 0) : null, await process.LevelsAsync());
        Assert.Null(await process.ReadAsync());
    }

    [Fact]
    public async Task A_bound_does_not_hold_a_confirmed_pool()
    {
        await using var pool = new TestPool(redis.Server, CodeConsistency.Confirmed);
        RedisCodeCache process = pool.CreateProcess(maxJournal: 5);
        await process.PushAsync(await process.OpenAsync(pool), lease: 1, first: 1, count: 10);
        Assert.Equal(10, (await process.PopAsync(10)).Count);
    }

    [Fact]
    public async Task Each_pop_says_what_is_left_and_what_is_in_the_journal()
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess();
        await process.PushAsync(await process.OpenAsync(pool), lease: 1, first: 1, count: 40);
        long popped = 0;
        foreach (int count in (int[])[1, 1, 1, 20, 1, 1, 15])
        {
            PopResult pop = await process.PopAsync(count, Token);
            popped += count;
            Assert.Equal((count, 40 - popped, popped), (pop.Codes.Count, pop.Remaining, pop.Journaled));
        }
    }

    /// <summary>A claim is timed by the server's clock, which a test does not move.</summary>
    private async Task LetTheClaimRunOutAsync(TestPool pool) => await redis.Server.ExecuteAsync("HSET", pool.Meta, "drains_until", "0");
}
