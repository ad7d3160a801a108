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

    private static SharedEpoch Shared(TestHost host) => host.Runtime.Shared!.Epoch;

    private async Task<TestHost> StartAsync()
    {
        TestHost host = _world.CreateHost(configure: null, _cache);
        await host.StartAsync();
        await Eventually.HoldsAsync(() => Shared(host).Current is not null && host.Runtime.Pops.Cached >= 40, _world.Time);
        return host;
    }
}
