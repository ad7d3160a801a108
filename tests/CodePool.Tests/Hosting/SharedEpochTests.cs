using CodePool.Internal.Hosting;
using CodePool.Providers;
using CodePool.Tests.Support;

namespace CodePool.Tests.Hosting;

/// <summary>When the shared epoch is kept, and when it is not.</summary>
public sealed class SharedEpochTests : IAsyncDisposable
{
    private const int Rotated = 50;
    private const int WentBack = 40;

    private readonly World _world = new();
    private readonly ScriptedCache _cache = new();

    public ValueTask DisposeAsync() => _cache.DisposeAsync();

    [Fact]
    public async Task A_refusal_that_is_not_repeated_costs_no_epoch()
    {
        await using TestHost host = await StartAsync();
        Epoch before = Shared(host).Current!;

        _cache.RefuseNext(pops: 1);
        await host.TakeAsync();
        await Eventually.HoldsAsync(() => Shared(host).Current is not null, _world.Time);

        Assert.Equal(before.Token, Shared(host).Current!.Token);
        Assert.False(host.Logged(Rotated));
        await host.StopAsync();
        Assert.Equal(0, (await _world.AssertExactAsync()).Unconfirmed);
    }

    [Fact]
    public async Task A_lease_is_held_against_what_the_cache_remembers_at_that_moment()
    {
        await using TestHost host = await StartAsync();

        // Pushed by another process, just before this database was put back.
        _cache.HighestLease = 1_000;
        for (int takes = 0; takes < 500 && !host.Logged(WentBack); takes++)
        {
            try
            {
                await host.TakeAsync();
            }
            catch (CodePoolStoreUnavailableException)
            {
                // The take that met the recovery is told of it.
            }
        }

        Assert.True(host.Logged(WentBack));
    }

    [Fact]
    public async Task An_epoch_from_before_a_recovery_is_not_joined_again_when_the_cache_comes_back()
    {
        await using TestHost host = await StartAsync();
        Epoch before = Shared(host).Current!;
        _cache.IsAway = true;
        await host.TakeAsync();
        await Eventually.HoldsAsync(() => Shared(host).Current is null, _world.Time);

        await host.Runtime.Recovery.AnswerAsync(
            new StoreRewoundException(World.Pool, "the test says so", before.Number), TestContext.Current.CancellationToken);
        _cache.IsAway = false;
        await Eventually.HoldsAsync(() => Shared(host).Current is not null, _world.Time);

        Assert.NotEqual(before.Token, Shared(host).Current!.Token);
    }

    /// <summary>A user who may not pop, a slot that is being moved: going back at once would go on without end, and takes would wait for it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cache_that_can_be_looked_at_and_not_used_is_left_alone_ever_longer(bool refusesPops)
    {
        await using TestHost host = await StartAsync();
        (_cache.RefusesPops, _cache.RefusesLevels) = (refusesPops, !refusesPops);
        HashSet<string> codes = [];
        int looks = _cache.Looks;
        DateTimeOffset begin = _world.Time.GetUtcNow();
        bool failed = false;
        while (_world.Time.GetUtcNow() - begin < TimeSpan.FromMinutes(2))
        {
            Assert.True(codes.Add(await host.TakeAsync()));
            failed |= host.Runtime.Failures().Any(failure => failure.Loop == nameof(SharedEpoch));
            _world.Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        // Some seven tries until the rest is 10 s long, twelve after that; a try is a look or two. Said when it begins, and not at each try.
        Assert.InRange(_cache.Looks - looks, 2, 300);
        Assert.True(failed);
        Assert.InRange(host.Logs.Count(record => record.Id.Id == 10), 1, 3);

        (_cache.RefusesPops, _cache.RefusesLevels) = (false, false);
        await Eventually.HoldsAsync(() => Shared(host).Current is not null && host.Runtime.Cache.Cached == 0, _world.Time);
        long local = host.Runtime.Cache.Taken;
        Assert.True(codes.Add(await host.TakeAsync()));
        Assert.Equal(local, host.Runtime.Cache.Taken);
        await host.StopAsync();
        await _world.AssertExactAsync();
    }

    /// <summary>A password that was changed: first the connection is lost, and what a person must do is said by the tries that follow. Once an outage.</summary>
    [Fact]
    public async Task What_a_person_must_mend_is_said_also_where_something_that_may_pass_came_first()
    {
        await using TestHost host = await StartAsync();
        for (int outage = 1; outage <= 2; outage++)
        {
            _cache.IsAway = true;
            await host.TakeAsync();
            await Eventually.HoldsAsync(() => Shared(host).Failure is CodePoolCacheUnavailableException, _world.Time);
            Assert.Equal(outage - 1, Said());

            _cache.Denies = true;
            await Eventually.HoldsAsync(() => Said() == outage, _world.Time);
            int looks = _cache.Looks;
            await Eventually.HoldsAsync(() => _cache.Looks > looks + 3, _world.Time);
            Assert.Equal(outage, Said());

            (_cache.IsAway, _cache.Denies) = (false, false);
            await Eventually.HoldsAsync(() => Shared(host) is { Current: not null, Failure: null, Doubt: null }, _world.Time);
        }

        int Said() => host.Logs.Count(record => record.Id.Id == 10 && record.Exception is CodePoolConfigurationException
            && record.Message.Contains(nameof(SharedEpoch), StringComparison.Ordinal));
    }

    /// <summary>Nobody's heart can beat while the store is away: that it stood still then says nothing of who lives.</summary>
    [Fact]
    public async Task An_outage_of_the_store_does_not_end_a_contest_with_another_server()
    {
        await using TestHost host = await StartAsync();
        Epoch ours = Shared(host).Current!;
        var request = new EpochRequest(EpochKind.Redis, Guid.NewGuid(), "another server", Replaces: ours.Number);
        Epoch theirs = (await _world.Store.OpenEpochAsync(request, TestContext.Current.CancellationToken))!;
        Assert.True(await _world.Store.ActivateEpochAsync(theirs, TestContext.Current.CancellationToken));

        // What it has cached is used up, and then a lease is refused.
        while (Shared(host).Current is not null)
            await host.TakeAsync();
        await Eventually.HoldsAsync(() => Shared(host).IsContested, _world.Time);
        host.Faults.Fail(Fault.Faulted);
        await Eventually.HoldsAsync(() => Shared(host).Failure is CodePoolStoreUnavailableException, _world.Time);
        _world.Time.Advance(TimeSpan.FromMinutes(2));

        host.Faults.Heal();
        await Eventually.HoldsAsync(() => Shared(host).Failure is null, _world.Time);

        IReadOnlyList<Epoch> epochs = await _world.Store.GetEpochsAsync(TestContext.Current.CancellationToken);
        Assert.Contains(epochs, epoch => epoch.Token == theirs.Token && epoch.State == EpochState.Open);
        Assert.False(host.Logged(Rotated));
    }

    private static SharedEpoch Shared(TestHost host) => host.Runtime.Shared!.Epoch;

    private async Task<TestHost> StartAsync()
    {
        TestHost host = _world.CreateHost(configure: null, _cache);
        await host.StartAsync();
        await Eventually.HoldsAsync(() => Shared(host).Current is not null && host.Runtime.Pops.Cached >= 40, _world.Time);
        return host;
    }
}
