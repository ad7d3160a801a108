using CodePool.Providers;
using CodePool.Redis.Internal;
using CodePool.Redis.Tests.Support;

namespace CodePool.Redis.Tests.Protocol;

/// <summary>A push may come late or twice; its codes are there once.</summary>
public sealed class PushTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_push_that_comes_after_a_rotation_is_refused_by_its_token(bool weakened)
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache slow = pool.CreateProcess(Weakened.If(weakened, Weakened.FenceToken));
        Epoch first = await slow.OpenAsync(pool);
        await slow.PushAsync(first, lease: 1, first: 1, count: 3);
        List<long> handedOut = [.. await slow.PopAsync(3)];
        await slow.DrainAsync();
        await pool.CreateProcess().OpenAsync(pool, number: 2);

        Assert.Equal(weakened ? CacheStatus.Ok : CacheStatus.Fenced, await slow.PushAsync(first, lease: 1, first: 1, count: 3));

        if (weakened)
            handedOut.AddRange(await slow.PopAsync(3));
        else
            Assert.Equal(CacheStatus.Fenced, await slow.PopStatusAsync(3));
        Assert.Equal(weakened ? 3 : 0, handedOut.Count - handedOut.Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_push_that_is_repeated_is_known_by_its_lease(bool weakened)
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess(Weakened.If(weakened, Weakened.Known));
        Epoch epoch = await process.OpenAsync(pool);
        await process.PushAsync(epoch, lease: 1, first: 1, count: 4);
        List<long> handedOut = [.. await process.PopAsync(2)];

        Assert.Equal(weakened ? CacheStatus.Ok : CacheStatus.Duplicate, await process.PushAsync(epoch, lease: 1, first: 1, count: 4));

        handedOut.AddRange(await process.PopAsync(10));
        Assert.Equal(weakened ? 4 : 0, handedOut.Count - handedOut.Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_push_that_comes_after_its_lease_was_forgotten_is_at_or_below_the_mark(bool weakened)
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess(Weakened.If(weakened, Weakened.Mark));
        Epoch epoch = await process.OpenAsync(pool);
        await process.PushAsync(epoch, lease: 7, first: 1, count: 2);
        List<long> handedOut = [.. await process.PopAsync(2)];
        await process.DrainAsync();
        await ForgetAsync(process, settledTo: 7);

        foreach (long lease in new[] { 6L, 7 })
            Assert.Equal(weakened ? CacheStatus.Ok : CacheStatus.Duplicate, await process.PushAsync(epoch, lease, first: 1, count: 2));
        Assert.Equal(CacheStatus.Ok, await process.PushAsync(epoch, lease: 8, first: 3, count: 2));

        handedOut.AddRange(await process.PopAsync(10));
        Assert.Equal(weakened, handedOut.Count > handedOut.Distinct().Count());
    }

    [Fact]
    public async Task The_mark_never_goes_down_and_is_raised_before_anything_is_forgotten()
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess();
        Epoch epoch = await process.OpenAsync(pool);
        foreach (long lease in new[] { 3L, 5 })
        {
            await process.PushAsync(epoch, lease, first: lease, count: 1);
            await process.PopAsync(1);
        }

        await process.DrainAsync();
        await ForgetAsync(process, settledTo: 3);
        Assert.Equal(5, Assert.Single(await FinishedAsync(process)).Lease);
        await ForgetAsync(process, settledTo: 5);
        await process.ForgetAsync([new FinishedLease(epoch, 3)], 3, TestContext.Current.CancellationToken);

        Assert.Equal("5", (await redis.Server.ExecuteAsync("HGET", pool.Meta, "mark")).Text);
        Assert.Equal(CacheStatus.Duplicate, await process.PushAsync(epoch, lease: 5, first: 5, count: 1));
    }

    /// <summary>Of codes that are not equally long each is a run of its own: as many entries as a pop and a push can meet.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_large_lease_is_pushed_whole_and_taken_once(bool equallyLong)
    {
        const int Size = 25_000;
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess();
        Epoch epoch = await process.OpenAsync(pool);
        string[] codes = [.. Enumerable.Range(1, Size).Select(number => $"{number:d5}{(equallyLong || number % 2 == 0 ? "" : "X")}")];
        Assert.Equal(CacheStatus.Ok, await process.PushAsync(epoch, new Lease(1, 1, codes), TestContext.Current.CancellationToken));

        List<long> handedOut = [];
        while (await process.PopAsync(100_000) is { Count: > 0 } popped)
            handedOut.AddRange(popped);
        Assert.Equal(Enumerable.Range(1, Size).Select(number => (long)number), handedOut);
    }

    [Fact]
    public async Task Numbers_past_the_jump_of_a_recovery_keep_their_digits()
    {
        const long Lease = (1L << 50) + 1;
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess();
        Epoch epoch = await process.OpenAsync(pool, number: (1L << 50) + 3);
        await process.PushAsync(epoch, Lease, first: Lease + 1, count: 1);
        Assert.Equal([Lease + 1], await process.PopAsync(1));
        await process.DrainAsync();

        Assert.Equal(Lease, Assert.Single(await FinishedAsync(process)).Lease);
        await ForgetAsync(process, Lease);
        CacheView view = await process.LookAsync();
        Assert.Equal((epoch.Number, Lease), (view.HighestEpoch, view.HighestLease));
        Assert.Equal(CacheStatus.Duplicate, await process.PushAsync(epoch, Lease, first: Lease + 1, count: 1));
    }

    private static async Task<IReadOnlyList<FinishedLease>> FinishedAsync(RedisCodeCache process) =>
        await process.GetFinishedLeasesAsync(TestContext.Current.CancellationToken);

    private static async Task ForgetAsync(RedisCodeCache process, long settledTo) =>
        await process.ForgetAsync(await FinishedAsync(process), settledTo, TestContext.Current.CancellationToken);
}
