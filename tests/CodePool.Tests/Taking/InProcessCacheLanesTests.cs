using System.Runtime.CompilerServices;
using CodePool.Internal.InMemory;
using CodePool.Providers;

namespace CodePool.Tests.Taking;

/// <summary>Which segment a lane takes from, and that low water is noticed whichever lanes the takes come from.</summary>
public sealed class InProcessCacheLanesTests
{
    private const int Lanes = 4;
    private const int Size = 10;

    private long _pushed;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_lane_takes_from_a_segment_of_its_own_while_there_are_enough()
    {
        (InProcessCache cache, _) = await OpenAsync(lowWater: 1, leases: 2);

        Assert.Equal(["C1", "C11", "C2", "C12"], [Take(cache, 0), Take(cache, 1), Take(cache, 0), Take(cache, 1)]);
    }

    [Fact]
    public async Task A_lane_without_a_segment_of_its_own_shares_the_fullest_until_one_is_pushed()
    {
        (InProcessCache cache, Epoch epoch) = await OpenAsync(lowWater: 1, leases: 2);
        Assert.Equal(["C1", "C2", "C11"], [Take(cache, 0), Take(cache, 0), Take(cache, 1)]);

        Assert.Equal("C12", Take(cache, 2));
        await PushAsync(cache, epoch);

        Assert.Equal(["C21", "C13", "C3"], [Take(cache, 2), Take(cache, 1), Take(cache, 0)]);
    }

    [Fact]
    public async Task One_lane_alone_gets_what_the_others_left()
    {
        (InProcessCache cache, _) = await OpenAsync(lowWater: 1, leases: 3);
        string[] first = [Take(cache, 1), Take(cache, 2), Take(cache, 3)];

        var rest = new List<string>();
        while (cache.TryTake(0, out string? code))
            rest.Add(code);

        Assert.Equal(Enumerable.Range(1, 3 * Size).Select(n => $"C{n}").Order(), first.Concat(rest).Order());
        Assert.False(cache.TryTake(2, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(39)]
    public async Task The_take_that_passes_low_water_wakes_the_monitor_whichever_lanes_takes_come_from(int lowWater)
    {
        for (int seed = 0; seed < 200; seed++)
        {
            (InProcessCache cache, Epoch epoch) = await OpenAsync(lowWater, leases: Lanes);
            var random = new Random(seed);
            int woken = 0;
            cache.OnLow = () => woken++;
            if (seed % 2 == 0)
                await PushAsync(cache, epoch);

            while (cache.Cached > lowWater)
            {
                Take(cache, random.Next(random.Next(Lanes) + 1));
                Assert.Equal(cache.Cached < lowWater ? 1 : 0, woken);
            }

            if (lowWater == 0)
                continue;
            Take(cache, random.Next(Lanes));
            Assert.True(woken > 0, $"Seed {seed}: {cache.Cached} codes are left, and nobody was told.");
        }
    }

    [Fact]
    public async Task Sealed_each_lanes_segment_says_what_nobody_has_seen()
    {
        (InProcessCache cache, _) = await OpenAsync(lowWater: 1, leases: 3);
        Take(cache, 0);
        Take(cache, 1);
        Take(cache, 1);

        Assert.Equal([2, 13, 21], cache.Seal().Select(s => s.Settlement.UnseenFrom));
        Assert.All(Enumerable.Range(0, Lanes), lane => Assert.False(cache.TryTake(lane, out _)));
    }

    [Fact]
    public async Task Retired_each_lanes_segment_gives_back_what_nobody_has_seen()
    {
        (InProcessCache cache, _) = await OpenAsync(lowWater: 1, leases: 3);
        Take(cache, 0);
        Take(cache, 1);
        Take(cache, 1);

        cache.Retire();

        Assert.All(Enumerable.Range(0, Lanes), lane => Assert.False(cache.TryTake(lane, out _)));
        await cache.TrimJournalAsync((await cache.ReadJournalAsync(100, Token))!, Token);
        Assert.Equal([2, 13, 21], (await cache.GetFinishedLeasesAsync(Token)).Select(lease => lease.UnseenFrom));
    }

    [Fact]
    public async Task A_lane_that_nobody_takes_from_any_more_does_not_keep_its_last_lease()
    {
        (InProcessCache cache, Epoch epoch) = await OpenAsync(lowWater: 1, leases: 0);
        WeakReference codes = await UseUpAsync(cache, epoch);

        GC.Collect();

        Assert.False(codes.IsAlive);
        GC.KeepAlive(cache);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> UseUpAsync(InProcessCache cache, Epoch epoch)
    {
        string[] codes = ["C1", "C2"];
        await cache.PushAsync(epoch, new Lease(1, 1, codes), Token);
        Take(cache, Lanes - 1);
        Take(cache, Lanes - 1);
        await cache.TrimJournalAsync((await cache.ReadJournalAsync(100, Token))!, Token);
        await cache.ForgetAsync(await cache.GetFinishedLeasesAsync(Token), 1, Token);
        return new WeakReference(codes);
    }

    private static string Take(InProcessCache cache, int lane)
    {
        Assert.True(cache.TryTake(lane, out string? code));
        return code;
    }

    private async Task<(InProcessCache Cache, Epoch Epoch)> OpenAsync(int lowWater, int leases)
    {
        _pushed = 0;
        var cache = new InProcessCache(lowWater, Lanes);
        var epoch = new Epoch(1, Guid.NewGuid(), EpochKind.Process, "test", CodeConsistency.Journaled, EpochState.Open, 0);
        await cache.OpenAsync(epoch, Token);
        for (int lease = 0; lease < leases; lease++)
            await PushAsync(cache, epoch);
        return (cache, epoch);
    }

    private async Task PushAsync(InProcessCache cache, Epoch epoch)
    {
        long first = _pushed * Size + 1;
        await cache.PushAsync(epoch, new Lease(++_pushed, first, [.. Enumerable.Range(0, Size).Select(i => $"C{first + i}")]), Token);
    }
}
