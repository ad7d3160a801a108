using CodePool.Providers;
using CodePool.Redis.Tests.Support;
using CodePool.TestServers;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CodePool.Redis.Tests.Hosts;

/// <summary>Redis comes and goes, and so does the database: takes go on, and both are used again without a restart.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private readonly World _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private RedisInstance _server = null!;

    public async ValueTask InitializeAsync() => _server = await RedisInstance.StartNewAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>A reply that a busy machine brings late counts as lost, and these tests count.</summary>
    private string Patient => $"{_server.Configuration},asyncTimeout=60000,connectTimeout=1000";

    [Fact]
    public async Task Takes_come_from_redis_and_are_marked()
    {
        await using RedisHost host = await _world.StartAsync(Patient);
        await host.FilledAsync();

        List<string> codes = [await host.TakeAsync(), .. await host.TakeUpToAsync(200)];

        Assert.Equal(0, host.TakenLocally);
        Assert.Equal(codes.Count, codes.Distinct().Count());
        await Eventually.HoldsAsync(async () => (await _world.AssertExactAsync()).Used == codes.Count, "the marks");
        Assert.Equal(HealthStatus.Healthy, (await host.HealthAsync()).Status);
    }

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task A_killed_redis_costs_no_take_and_is_used_again_when_it_is_back(CodeConsistency consistency)
    {
        await using RedisHost host = await _world.StartAsync(Patient, o =>
        {
            o.Consistency = consistency;
            o.EpochTimeout = TimeSpan.FromSeconds(2);
        });
        await host.FilledAsync();
        List<string> codes = [.. await host.TakeUpToAsync(20)];
        await _server.KillAsync();

        for (int take = 0; take < 120; take++)
            codes.Add(await host.TakeAsync());
        Assert.InRange(host.TakenLocally, 1, 120);
        Assert.Equal(HealthStatus.Degraded, (await host.HealthAsync()).Status);

        long back = TimeProvider.System.GetTimestamp();
        await _server.StartAsync();
        await host.EventuallyAsync(() => host.Epoch is not null, "Redis to be used again");
        TestContext.Current.TestOutputHelper?.WriteLine($"Used again after {TimeProvider.System.GetElapsedTime(back)}, its start included.");
        await host.FilledAsync();
        await host.EventuallyAsync(() => host.Runtime.Cache.Cached == 0, "the process's own lease to be given up");
        long local = host.TakenLocally;
        codes.AddRange(await host.TakeUpToAsync(50));
        Assert.Equal(local, host.TakenLocally);

        // What nobody has seen of the own lease is Available again: out is what lies in Redis.
        Epoch epoch = host.Epoch!;
        await Eventually.HoldsAsync(
            async () => await _world.Store.GetOpenLeasesAsync((await OwnEpochAsync())!, Token) is [] && (await _world.SharedEpochsAsync()).Count == 1,
            "the own lease to be settled");
        await host.StopAsync();
        CodePoolAudit audit = await _world.AssertExactAsync();
        Assert.Equal(codes.Count, codes.Distinct().Count());
        IReadOnlyList<Lease> inRedis = await _world.Store.GetOpenLeasesAsync(epoch, Token);
        Assert.InRange(audit.Leased, 1, inRedis.Sum(lease => lease.Codes.Count));
        foreach (string code in codes)
            Assert.Contains(await _world.StateAsync(code), new[] { CodeState.Used, consistency == CodeConsistency.Confirmed ? CodeState.Used : CodeState.Unconfirmed });
        if (consistency == CodeConsistency.Confirmed)
            Assert.Equal((codes.Count, 0), (audit.Used, audit.Unconfirmed));
    }

    [Fact]
    public async Task A_user_whose_rights_are_taken_away_costs_no_take()
    {
        await _server.ExecuteAsync("ACL", "SETUSER", "app", "on", ">secret", "~codepool:*", "+@all");
        await using RedisHost host = await _world.StartAsync(
            $"127.0.0.1:{_server.Port},user=app,password=secret", o => o.Consistency = CodeConsistency.Confirmed);
        await host.FilledAsync();
        await _server.ExecuteAsync("ACL", "SETUSER", "app", "-@all");

        HashSet<string> codes = [.. await host.TakeUpToAsync(130)];
        await host.EventuallyAsync(() => host.Runtime.Shared!.Epoch.Failure is CodePoolConfigurationException, "the denial to be seen");
        Assert.Equal((130, 130), (codes.Count, (int)host.TakenLocally));
        Assert.Equal(HealthStatus.Degraded, (await host.HealthAsync()).Status);

        await _server.ExecuteAsync("ACL", "SETUSER", "app", "+@all");
        await host.FilledAsync();
        codes.UnionWith(await host.TakeUpToAsync(50));
        Assert.Equal((180, 130), (codes.Count, (int)host.TakenLocally));
    }

    /// <summary>It can be looked at, filled and asked for its levels: only a pop shows it.</summary>
    [Theory]
    [InlineData("lpop")]
    [InlineData("rpush")]
    [InlineData("hset")]
    [InlineData("llen")]
    public async Task A_user_who_may_not_run_one_command_costs_no_take(string command)
    {
        await _server.ExecuteAsync("ACL", "SETUSER", "app", "on", ">secret", "~codepool:*", "+@all");
        await using RedisHost host = await _world.StartAsync($"{RedisFixture.Patiently(_server.Configuration)},user=app,password=secret");
        await host.FilledAsync();
        await _server.ExecuteAsync("ACL", "SETUSER", "app", $"-{command}");

        HashSet<string> codes = [];
        for (int take = 0; take < 200; take++)
            Assert.True(codes.Add(await host.TakeAsync()));
        Assert.InRange(host.TakenLocally, 100, 200);
        await host.EventuallyAsync(
            () =>
            {
                host.Runtime.CacheMonitor.Wake();
                return host.Runtime.Shared!.Epoch.Failure is CodePoolConfigurationException;
            },
            "the denial to be seen");

        await _server.ExecuteAsync("ACL", "SETUSER", "app", $"+{command}");
        await host.EventuallyAsync(() => host.Epoch is not null, "Redis to be used again");
        codes.Add(await host.TakeAsync());
        await host.FilledAsync();
        long local = host.TakenLocally;
        codes.UnionWith(await host.TakeUpToAsync(50));
        Assert.Equal((251, local), (codes.Count, host.TakenLocally));
        await host.EventuallyAsync(() => host.Logged(11) > 0, "the log to say that it works again");
        Assert.InRange(host.Logged(11), 1, 3);
    }

    [Fact]
    public async Task A_host_starts_without_redis_and_picks_it_up()
    {
        await _server.KillAsync();
        await using RedisHost host = await _world.StartAsync(Patient);
        Assert.Equal(1, host.Logged(54));
        List<string> codes = [.. await host.TakeUpToAsync(130)];
        Assert.Equal(130, host.TakenLocally);

        await _server.StartAsync();
        await host.FilledAsync();
        codes.AddRange(await host.TakeUpToAsync(50));
        Assert.Equal(130, host.TakenLocally);
        await host.StopAsync();
        Assert.Equal(codes.Distinct().Count(), (await _world.AssertExactAsync()).Used);
    }

    [Fact]
    public async Task A_host_starts_without_its_database_and_picks_it_up()
    {
        _world.DatabaseIsDown = true;
        await using RedisHost host = await _world.StartAsync(_server.Configuration, o => o.TakeTimeout = TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(host.TakeAsync);

        _world.DatabaseIsDown = false;
        await host.FilledAsync();
        long local = host.TakenLocally;
        await host.TakeUpToAsync(50);
        Assert.Equal(local, host.TakenLocally);
    }

    [Fact]
    public async Task Without_the_database_takes_go_on_until_redis_is_empty()
    {
        await using RedisHost host = await _world.StartAsync(Patient, o => o.TakeTimeout = TimeSpan.FromMilliseconds(500));
        await host.FilledAsync();
        _world.DatabaseIsDown = true;
        HashSet<string> codes = [];
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(async () =>
        {
            while (true)
                Assert.True(codes.Add(await host.TakeAsync()));
        });
        Assert.InRange(codes.Count, 100, 250);

        _world.DatabaseIsDown = false;
        await host.FilledAsync();
        Assert.True(codes.Add(await host.TakeAsync()));
        await host.StopAsync();
        Assert.Equal(codes.Count, (await _world.AssertExactAsync()).Used);
    }

    [Fact]
    public async Task A_full_redis_is_not_leased_for_again_and_again_and_takes_go_on()
    {
        await using RedisHost host = await _world.StartAsync(_server.Configuration);
        await host.FilledAsync();
        await _server.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

        HashSet<string> codes = [];
        for (int take = 0; take < 600; take++)
            Assert.True(codes.Add(await host.TakeAsync()));
        CodePoolAudit audit = await _world.AssertExactAsync();
        Assert.InRange(host.TakenLocally, 300, 600);

        // In Redis, pending for it, and in the process, each as much as a cache holds; and what is not marked yet.
        Assert.InRange(audit.Leased, 0, 3 * 150 + codes.Count);
        Assert.InRange(audit.Leased + audit.Used, codes.Count, codes.Count + 3 * 150);

        await _server.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        await host.FilledAsync();

        // It is used again. An answer from when it was full may come now, and send one take more to the process's own lease.
        long local = -1;
        for (int late = 0; local != host.TakenLocally; late++)
        {
            Assert.InRange(late, 0, 2);
            local = host.TakenLocally;
            foreach (string code in await host.TakeUpToAsync(50))
                Assert.True(codes.Add(code));
        }

        await host.StopAsync();

        // A pop whose reply was late on a busy machine is counted.
        Assert.InRange((await _world.AssertExactAsync()).Used - codes.Count, 0, host.Undelivered);
    }

    private async Task<Epoch?> OwnEpochAsync() =>
        (await _world.Store.GetEpochsAsync(Token)).LastOrDefault(epoch => epoch.Kind == EpochKind.Process);
}
