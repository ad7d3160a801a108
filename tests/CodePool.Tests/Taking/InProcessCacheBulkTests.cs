using System.Collections.Concurrent;
using CodePool.Internal.InMemory;
using CodePool.Providers;
using CodePool.Tests.Support;

namespace CodePool.Tests.Taking;

/// <summary>Many codes at once from memory, without the queue.</summary>
public sealed class InProcessCacheBulkTests
{
    private const int Leases = 100, Size = 25, Threads = 6, Processors = 4;

    private static readonly Epoch Epoch = new(1, Guid.NewGuid(), EpochKind.Process, "test", CodeConsistency.Journaled, EpochState.Open, 0);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(25)]
    [InlineData(26)]
    [InlineData(1_000)]
    public async Task It_goes_across_segments_and_brings_fewer_only_when_there_are_no_more(int count)
    {
        InProcessCache cache = await FilledAsync();
        List<string> all = [];
        while (cache.TakeUpTo(count) is { Count: > 0 } codes)
        {
            Assert.True(codes.Count == count || cache.Cached == 0);
            all.AddRange(codes);
        }

        Assert.Equal(Numbers(), all.Select(Number).Order());
        Assert.Equal(Leases * Size, cache.Taken);
    }

    [Fact]
    public async Task Asked_for_all_there_could_ever_be_it_brings_what_there_is()
    {
        InProcessCache cache = await FilledAsync();

        Assert.Equal(Leases * Size, cache.TakeUpTo(int.MaxValue).Count);
        Assert.Empty(cache.TakeUpTo(int.MaxValue));
    }

    [Fact]
    public async Task More_than_one_step_may_move_the_cursor_by_is_brought_all_the_same()
    {
        const int Count = 200_000;
        var cache = new InProcessCache(lowWater: 1, Processors);
        await cache.OpenAsync(Epoch, Token);
        await cache.PushAsync(Epoch, new Lease(1, 1, [.. Enumerable.Range(0, 2 * Count).Select(number => $"{number}")]), Token);

        // The first makes it the lane's segment, the second is a range of it, the third goes across.
        string[] all = [.. cache.TakeUpTo(0, 1), .. cache.TakeUpTo(0, Count), .. cache.TakeUpTo(0, int.MaxValue)];

        Assert.Equal(2 * Count, all.Distinct().Count());
    }

    [Fact]
    public async Task Passing_low_water_wakes_the_monitor()
    {
        InProcessCache cache = await FilledAsync(lowWater: 1_000);
        int woken = 0;
        cache.OnLow = () => woken++;

        cache.TakeUpTo(Leases * Size - 1_000);
        Assert.Equal(0, woken);
        cache.TakeUpTo(1);
        Assert.Equal(1, woken);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("seal")]
    [InlineData("retire")]
    public async Task Singles_and_many_while_it_is_closed_seen_and_unseen_are_disjoint_and_complete(string close)
    {
        for (int round = 0; round < 20; round++)
        {
            InProcessCache cache = await FilledAsync();
            var seen = new ConcurrentBag<string>();
            int count = 0, closeWhen = Leases * Size * round / 20;
            using var closed = new CancellationTokenSource();
            Task[] takers = [.. Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
            {
                int empty = 0;
                while (empty < 3)
                {
                    IReadOnlyList<string> codes = thread % 2 == 0 ? cache.TakeUpTo(thread % Processors, 1 + (7 * thread)) : cache.TryTake(thread % Processors, out string? one) ? [one] : [];
                    foreach (string code in codes)
                        seen.Add(code);
                    empty = codes.Count == 0 ? empty + 1 : 0;
                    int before = Interlocked.Add(ref count, codes.Count) - codes.Count;
                    if (before <= closeWhen && before + codes.Count > closeWhen)
                        Close(cache, close);
                }
            }, Token))];
            await Eventually.CompletesAsync(Task.WhenAll(takers));

            // Sealing once more changes nothing, and says where each cursor stood.
            HashSet<long> unseen = [.. cache.Seal().SelectMany(lease =>
                Enumerable.Range(1, Size).Select(i => ((lease.Settlement.Lease - 1) * Size) + i).Where(number => number >= lease.Settlement.UnseenFrom))];
            Assert.Equal(Numbers(), seen.Select(Number).Concat(unseen).Order());
            Assert.Empty(cache.TakeUpTo(10));
        }
    }

    [Fact]
    public async Task An_empty_cache_has_nothing_until_something_is_pushed()
    {
        var cache = new InProcessCache(lowWater: 1, Processors);
        await cache.OpenAsync(Epoch, Token);
        Assert.Empty(cache.TakeUpTo(5));
        Assert.False(cache.TryTake(out _));

        await cache.PushAsync(Epoch, NewLease(1), Token);

        Assert.Equal(5, cache.TakeUpTo(5).Count);
        Assert.True(cache.TryTake(out _));
    }

    private static void Close(InProcessCache cache, string close)
    {
        if (close == "seal")
            cache.Seal();
        else if (close == "retire")
            cache.Retire();
    }

    private static async Task<InProcessCache> FilledAsync(int lowWater = 50)
    {
        var cache = new InProcessCache(lowWater, Processors);
        await cache.OpenAsync(Epoch, Token);
        for (int lease = 1; lease <= Leases; lease++)
            await cache.PushAsync(Epoch, NewLease(lease), Token);
        return cache;
    }

    private static Lease NewLease(int number)
    {
        long first = ((number - 1) * Size) + 1;
        return new(number, first, [.. Enumerable.Range(0, Size).Select(i => $"C{first + i}")]);
    }

    private static long Number(string code) => long.Parse(code[1..], System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<long> Numbers() => Enumerable.Range(1, Leases * Size).Select(n => (long)n);
}
