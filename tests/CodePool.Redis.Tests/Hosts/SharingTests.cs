using System.Collections.Concurrent;
using CodePool.ContractTests;
using CodePool.Internal.InMemory;
using CodePool.Providers;
using CodePool.Redis.Tests.Support;
using CodePool.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace CodePool.Redis.Tests.Hosts;

/// <summary>Several hosts, one pool.</summary>
public sealed class SharingTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task Two_hosts_share_one_epoch_and_no_code(CodeConsistency consistency)
    {
        var world = new World();
        await using RedisHost first = world.CreateHost(redis.Patient, o => o.Consistency = consistency);
        await using RedisHost second = world.CreateHost(redis.Patient, o => o.Consistency = consistency);
        await Task.WhenAll(first.StartAsync(), second.StartAsync());
        await first.FilledAsync();
        await second.FilledAsync();
        Assert.Equal(first.Epoch!.Token, second.Epoch!.Token);

        ConcurrentBag<string> codes = [];
        await Task.WhenAll(new[] { first, second, first, second }.Select(host => Task.Run(
            async () =>
            {
                for (int take = 0; take < 300; take++)
                    codes.Add(await host.Pool.TakeAsync(Token));
            },
            Token)));
        Assert.Equal(1_200, codes.Distinct().Count());
        Assert.Single(await world.SharedEpochsAsync());

        // Both at once: whoever is last must leave nothing for a third.
        await Task.WhenAll(first.StopAsync(), second.StopAsync());
        CodePoolAudit audit = await world.AssertExactAsync();
        Assert.Equal((1_200, 0), (audit.Used, audit.Unconfirmed));
    }

    [Fact]
    public async Task An_epoch_that_another_host_opens_between_a_look_and_the_read_of_the_store_is_joined_and_not_replaced()
    {
        var world = new World();
        await using RedisHost first = world.CreateHost(redis.Patient);
        var store = new SlowEpochsStore(world, async () =>
        {
            await first.StartAsync();
            await first.FilledAsync();
        });
        await using var second = new RedisHost(
            world, pool => pool.UseStore("UseWorld", _ => store).UseRedis(redis.Patient), configure: null);
        await second.StartAsync();
        await second.FilledAsync();

        Assert.Equal(first.Epoch!.Token, second.Epoch!.Token);
        Assert.Equal(0, first.Logged(50) + second.Logged(50));
        Assert.Single(await world.SharedEpochsAsync());
    }

    [Fact]
    public async Task A_stop_marks_what_was_taken_although_another_has_just_drained()
    {
        var world = new World();
        await using RedisHost first = world.CreateHost(redis.Patient, o => o.MonitorInterval = TimeSpan.FromHours(1));
        await using RedisHost second = world.CreateHost(redis.Patient, o => o.MonitorInterval = TimeSpan.FromHours(1));
        await first.StartAsync();
        await first.FilledAsync();
        await second.StartAsync();
        await second.FilledAsync();
        await first.TakeUpToAsync(10);
        await first.StopAsync();
        await second.TakeUpToAsync(10);

        await second.StopAsync();

        Assert.Equal(20, (await world.AssertExactAsync()).Used);
    }

    [Fact]
    public async Task The_next_host_goes_on_with_the_epoch_that_the_last_one_left()
    {
        var world = new World();
        Guid token;
        await using (RedisHost first = await world.StartAsync(redis.Patient))
        {
            await first.FilledAsync();
            token = first.Epoch!.Token;
            await first.StopAsync();
        }

        await using RedisHost next = await world.StartAsync(redis.Patient);
        await next.FilledAsync();
        Assert.Equal(token, next.Epoch!.Token);
        await next.StopAsync();
        Assert.Equal(0, (await world.AssertExactAsync()).Unconfirmed);
    }

    [Fact]
    public async Task Two_servers_for_one_pool_are_recognised_and_do_not_fight()
    {
        await using RedisInstance other = await RedisInstance.StartNewAsync();
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var world = new World(clock);
        await using RedisHost first = await world.StartAsync(redis.Patient, Slow);
        await first.FilledAsync();
        await using RedisHost second = await world.StartAsync(other.Configuration, Slow);
        HashSet<string> codes = [];
        DateTimeOffset begin = clock.GetUtcNow();
        while (clock.GetUtcNow() - begin < TimeSpan.FromMinutes(10))
        {
            Assert.True(codes.Add(await first.TakeAsync()));
            Assert.True(codes.Add(await second.TakeAsync()));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        // The server may change hands once in an EpochTimeout, not at each beat.
        Assert.InRange(first.Logged(50) + second.Logged(50), 1, 12);
        Assert.InRange(first.Logged(51) + second.Logged(51), 1, 24);
        await first.EventuallyAsync(
            () => first.Runtime.Shared!.Epoch.IsContested || second.Runtime.Shared!.Epoch.IsContested, "the contest to be seen");
        HealthReportEntry[] health = [await first.HealthAsync(), await second.HealthAsync()];
        Assert.Contains(health, entry => entry.Description!.Contains("Another Redis server serves this pool as well.", StringComparison.Ordinal));
        Assert.DoesNotContain(health, entry => entry.Status == HealthStatus.Unhealthy);
        await world.AssertExactAsync();

        static void Slow(CodePoolOptions options) => options.MonitorInterval = TimeSpan.FromSeconds(1);
    }

    [Fact]
    public async Task A_redis_that_never_comes_back_is_closed_by_the_operator()
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync();
        var world = new World();
        await using RedisHost host = await world.StartAsync(server.Configuration, o => o.EpochTimeout = TimeSpan.FromSeconds(1));
        await host.FilledAsync();
        Epoch lost = host.Epoch!;
        await host.TakeUpToAsync(10);
        await server.KillAsync();
        await host.TakeAsync();

        Assert.True(await host.Operations.CloseCacheEpochAsync(Token));
        Assert.False(await host.Operations.CloseCacheEpochAsync(Token));

        await Eventually.HoldsAsync(async () => (await world.SharedEpochsAsync()).Count == 0, "what it held to be settled");
        await host.TakeUpToAsync(50);
        await host.StopAsync();
        CodePoolAudit audit = await world.AssertExactAsync();
        Assert.Equal(0, audit.Leased);
        Assert.InRange(audit.Unconfirmed, 100, 160);
        Assert.Equal(EpochState.Open, lost.State);
    }

    /// <summary>Something happens before the epochs are read, when both loops that read them are about to: the shared epoch's has looked at Redis.</summary>
    private sealed class SlowEpochsStore(World world, Func<Task> before)
        : DelegatingCodeStore(new InMemoryCodeStore(world.Database, RedisHost.PoolName, world.Time))
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _readers;

        public override async ValueTask<IReadOnlyList<Epoch>> GetEpochsAsync(CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _readers) == 2)
            {
                await before();
                _done.SetResult();
            }

            await _done.Task.WaitAsync(cancellationToken);
            return await base.GetEpochsAsync(cancellationToken);
        }
    }
}
