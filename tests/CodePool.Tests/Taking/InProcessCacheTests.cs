using System.Collections.Concurrent;
using CodePool.Internal.InMemory;
using CodePool.Providers;
using CodePool.Tests.Support;

namespace CodePool.Tests.Taking;

/// <summary>What only the cache in the process's memory does: takes without waiting, low water, the seal.</summary>
public sealed class InProcessCacheTests
{
    /// <summary>More lanes than a small machine has processors: which one a thread takes from must not matter.</summary>
    private const int Processors = 4;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Eight_threads_take_each_code_once_across_segments_while_more_are_pushed()
    {
        const int Leases = 400, Size = 25;
        var cache = new InProcessCache(lowWater: 50, Processors);
        Epoch epoch = await OpenAsync(cache);
        var taken = new ConcurrentBag<string>();
        using var allPushed = new CancellationTokenSource();

        Task[] takers = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                bool last = allPushed.IsCancellationRequested;
                while (cache.TryTake(out string? code))
                    taken.Add(code);
                if (last)
                    return;
                await Task.Yield();
            }
        }, Token))];
        for (int lease = 1; lease <= Leases; lease++)
        {
            await cache.PushAsync(epoch, NewLease(lease, (lease - 1) * Size + 1, Size), Token);
            if (lease % 10 == 0)
                await Task.Yield();
        }

        await allPushed.CancelAsync();
        await Eventually.CompletesAsync(Task.WhenAll(takers));
        Assert.Equal(Numbers(Leases * Size), taken.Select(Number).Order());
        Assert.Equal(Leases * Size, cache.Taken);
    }

    [Fact]
    public async Task Sealed_while_eight_threads_take_seen_and_unseen_are_disjoint_and_complete()
    {
        const int Leases = 20, Size = 200;
        for (int round = 0; round < 20; round++)
        {
            var cache = new InProcessCache(lowWater: 50, Processors);
            Epoch epoch = await OpenAsync(cache);
            for (int lease = 1; lease <= Leases; lease++)
                await cache.PushAsync(epoch, NewLease(lease, (lease - 1) * Size + 1, Size), Token);

            var seen = new ConcurrentBag<long>();
            var sealedAt = new TaskCompletionSource<IReadOnlyList<(Epoch Epoch, LeaseSettlement Settlement)>>();
            int sealWhen = Leases * Size * round / 20, count = 0;
            Task[] takers = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
            {
                do
                {
                    if (Interlocked.Increment(ref count) == sealWhen + 1)
                        sealedAt.SetResult(cache.Seal());
                    if (cache.TryTake(out string? code))
                        seen.Add(Number(code));
                }
                while (!sealedAt.Task.IsCompleted);
            }, Token))];
            await Eventually.CompletesAsync(Task.WhenAll(takers));

            IEnumerable<long> unseen = (await sealedAt.Task).SelectMany(lease =>
                Enumerable.Range(1, Leases * Size).Select(n => (long)n).Where(number =>
                    (number - 1) / Size == lease.Settlement.Lease - 1 && number >= lease.Settlement.UnseenFrom));
            Assert.Equal(Numbers(Leases * Size), seen.Concat(unseen).Order());
            Assert.False(cache.TryTake(out _));
            Assert.Equal(CacheStatus.Fenced, await cache.PushAsync(epoch, NewLease(99, 100_000, 5), Token));
        }
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(7, 10)]
    [InlineData(10, 10)]
    [InlineData(25, 10)]
    [InlineData(40, 3)]
    public async Task The_take_that_leaves_less_than_low_water_wakes_the_monitor_once(int size, int lowWater)
    {
        var cache = new InProcessCache(lowWater, Processors);
        Epoch epoch = await OpenAsync(cache);
        int leases = (lowWater + size) / size + 1;
        for (int lease = 1; lease <= leases; lease++)
            await cache.PushAsync(epoch, NewLease(lease, (lease - 1) * size + 1, size), Token);
        int woken = 0;
        cache.OnLow = () => woken++;

        while (cache.Cached > lowWater)
        {
            Assert.Equal(0, woken);
            Assert.True(cache.TryTake(out _));
        }

        Assert.True(cache.TryTake(out _));
        Assert.Equal(1, woken);
    }

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task A_pop_that_passes_low_water_wakes_the_monitor(CodeConsistency consistency)
    {
        var cache = new InProcessCache(lowWater: 10, Processors);
        Epoch epoch = await OpenAsync(cache, consistency);
        await cache.PushAsync(epoch, NewLease(1, 1, 30), Token);
        int woken = 0;
        cache.OnLow = () => woken++;

        await cache.PopAsync(20, Token);
        Assert.Equal(0, woken);

        await cache.PopAsync(5, Token);
        Assert.Equal(1, woken);
    }

    [Fact]
    public async Task Low_water_is_never_passed_unnoticed()
    {
        // The monitor looks only when it is woken, and every code must be taken: one lost wake-up and this never ends.
        const int Total = 30_000, Size = 3, LowWater = 2;
        for (int round = 0; round < 5; round++)
        {
            var cache = new InProcessCache(LowWater, Processors);
            Epoch epoch = await OpenAsync(cache);
            using var wakes = new SemaphoreSlim(1);
            using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
            giveUp.CancelAfter(TimeSpan.FromMinutes(1));
            cache.OnLow = () => wakes.Release();
            int taken = 0, thread = 0;
            Task monitor = Task.Run(async () =>
            {
                for (int pushed = 0; pushed < Total;)
                {
                    await wakes.WaitAsync(giveUp.Token);
                    for (; cache.Cached < LowWater && pushed < Total; pushed += Size)
                        await cache.PushAsync(epoch, NewLease(pushed / Size + 1, pushed + 1, Size), Token);
                    await ForgetAsync(cache);
                }
            }, Token);
            Task[] takers = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                int lane = Interlocked.Increment(ref thread) % Processors;
                while (Volatile.Read(ref taken) < Total)
                {
                    while (cache.TryTake(lane, out string? _))
                        Interlocked.Increment(ref taken);
                    await Task.Yield();
                    giveUp.Token.ThrowIfCancellationRequested();
                }
            }, Token))];

            await Task.WhenAll([monitor, .. takers]);
            Assert.Equal(Total, taken);
        }
    }

    [Fact]
    public async Task A_journaled_epoch_that_another_follows_is_finished_and_marked()
    {
        var cache = new InProcessCache(lowWater: 1, Processors);
        Epoch first = await OpenAsync(cache);
        await cache.PushAsync(first, NewLease(1, 1, 2), Token);
        Epoch second = await OpenAsync(cache, number: 2);
        await cache.PushAsync(second, NewLease(2, 3, 2), Token);

        PopResult old = await cache.PopAsync(10, Token);
        PopResult young = await cache.PopAsync(10, Token);

        Assert.Equal((first, second), (old.Epoch, young.Epoch));
        JournalBatch batch = (await cache.ReadJournalAsync(10, Token))!;
        Assert.Equal(first, batch.Epoch);
        Assert.Equal([1, 2], batch.Codes.Select(c => c.Number));
    }

    [Fact]
    public async Task After_a_drop_nothing_is_handed_out_but_what_was_taken_is_still_marked()
    {
        var cache = new InProcessCache(lowWater: 1, Processors);
        Epoch epoch = await OpenAsync(cache);
        await cache.PushAsync(epoch, NewLease(1, 1, 5), Token);
        await cache.PopAsync(2, Token);

        cache.Drop(epoch.Number);

        Assert.False(cache.TryTake(out _));
        Assert.Equal(CacheStatus.Fenced, await cache.PushAsync(epoch, NewLease(2, 6, 5), Token));
        Assert.Equal([1, 2], (await cache.ReadJournalAsync(10, Token))!.Codes.Select(c => c.Number));
    }

    [Fact]
    public async Task A_late_drop_leaves_a_later_epoch_alone()
    {
        var cache = new InProcessCache(lowWater: 1, Processors);
        Epoch first = await OpenAsync(cache);
        await cache.PushAsync(first, NewLease(1, 1, 5), Token);
        Epoch second = await OpenAsync(cache, number: 2);
        await cache.PushAsync(second, NewLease(2, 6, 5), Token);

        cache.Drop(first.Number);

        Assert.Equal(CacheStatus.Ok, await cache.PushAsync(second, NewLease(3, 11, 5), Token));
        Assert.Equal([6, 7, 8, 9, 10], (await cache.PopAsync(100, Token)).Codes.Select(c => c.Number));
    }

    private static async Task ForgetAsync(InProcessCache cache)
    {
        while (await cache.ReadJournalAsync(1000, Token) is { } batch)
            await cache.TrimJournalAsync(batch, Token);
        await cache.ForgetAsync(await cache.GetFinishedLeasesAsync(Token), long.MaxValue, Token);
    }

    private static async Task<Epoch> OpenAsync(
        InProcessCache cache, CodeConsistency consistency = CodeConsistency.Journaled, long number = 1)
    {
        var epoch = new Epoch(number, Guid.NewGuid(), EpochKind.Process, "test", consistency, EpochState.Open, 0);
        await cache.OpenAsync(epoch, Token);
        return epoch;
    }

    private static Lease NewLease(long number, long first, int count) =>
        new(number, first, [.. Enumerable.Range(0, count).Select(i => $"C{first + i}")]);

    private static long Number(string code) => long.Parse(code[1..], System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<long> Numbers(int count) => Enumerable.Range(1, count).Select(n => (long)n);
}
