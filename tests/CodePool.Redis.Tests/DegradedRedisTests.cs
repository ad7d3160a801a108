using CodePool.Redis.Tests.Support;
using CodePool.TestServers;

namespace CodePool.Redis.Tests;

/// <summary>A Redis that answers, and cannot do what it is asked: takes are served from the process's own lease meanwhile.</summary>
public sealed class DegradedRedisTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task One_that_refuses_writes_does_not_stop_takes(CodeConsistency consistency)
    {
        await using RedisInstance redis = await RedisInstance.StartNewAsync();
        await using SmallHost host = await SmallHost.StartAsync(redis, configure: o => o.Consistency = consistency);
        IReadOnlyList<string> before = await host.TakeAsync(10);

        // NOREPLICAS, as MISCONF after a failed snapshot: it reads, and writes nothing.
        await redis.ExecuteAsync("CONFIG", "SET", "min-replicas-to-write", "1");
        IReadOnlyList<string> during = await host.TakeAsync(100);
        await redis.ExecuteAsync("CONFIG", "SET", "min-replicas-to-write", "0");
        IReadOnlyList<string> after = await host.TakeAsync(100);
        await host.StopAsync();

        Assert.Equal(210, before.Concat(during).Concat(after).Distinct().Count());
        CodePoolAudit audit = await host.AssertExactAsync();
        Assert.Equal((210, 0), (audit.Used, audit.Unconfirmed));
    }

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task One_without_room_does_not_stop_takes_nor_drain_the_store(CodeConsistency consistency)
    {
        await using RedisInstance redis = await RedisInstance.StartNewAsync();
        await using SmallHost host = await SmallHost.StartAsync(redis, configure: o => o.Consistency = consistency);

        await redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        IReadOnlyList<string> during = await host.TakeAsync(300);

        // What Redis held, one lease that it has no room for, and what the process holds.
        Assert.InRange((await host.Store.GetLevelsAsync(Token)).Leased, 0, 60 + 20 + 60 + 300);
        int open = (await host.Store.ListOpenLeasesAsync(host.Runtime.Shared!.Epoch.Current!, Token)).Count;
        Assert.InRange(open, 0, 5);

        await redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        IReadOnlyList<string> after = await host.TakeAsync(200);
        await host.StopAsync();

        Assert.Equal(500, during.Concat(after).Distinct().Count());
        CodePoolAudit audit = await host.AssertExactAsync();
        Assert.Equal((500, 0), (audit.Used, audit.Unconfirmed));
    }

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task One_that_denies_access_stops_neither_takes_nor_a_clean_stop(CodeConsistency consistency)
    {
        await using RedisInstance redis = await RedisInstance.StartNewAsync();
        await using SmallHost host = await SmallHost.StartAsync(redis, configure: o => o.Consistency = consistency);
        await host.TakeAsync(10);

        await redis.ExecuteAsync("ACL", "SETUSER", "default", "-@scripting");
        IReadOnlyList<string> during = await host.TakeAsync(100);
        await host.StopAsync();

        Assert.Equal(100, during.Distinct().Count());
        CodePoolAudit audit = await host.AssertExactAsync();

        // What the process held itself was returned; Redis still holds its leases.
        Assert.Equal(0, audit.Unconfirmed);
        Assert.InRange(audit.Leased, 0, 70);
        Assert.DoesNotContain(
            await host.Store.GetEpochsAsync(Token), epoch => epoch.Kind == Providers.EpochKind.Process);
    }

    [Fact]
    public async Task A_journal_whose_meta_is_gone_is_marked_all_the_same()
    {
        await using RedisInstance redis = await RedisInstance.StartNewAsync();
        await using SmallHost host = await SmallHost.StartAsync(redis, configure: o =>
        {
            o.EpochTimeout = TimeSpan.FromSeconds(6);
            o.MonitorInterval = TimeSpan.FromSeconds(3);
        });
        Guid first = host.Runtime.Shared!.Epoch.Current!.Token;

        IReadOnlyList<string> codes = await host.TakeAsync(20);
        string[] keys = [.. (await redis.ExecuteAsync("KEYS", "*")).Items!.Select(key => key.Text!)];
        await redis.ExecuteAsync("DEL", keys.Single(key => key.EndsWith(":meta", StringComparison.Ordinal)));

        await SmallHost.HoldsAsync(async () => (await host.Store.GetEpochsAsync(Token)).All(epoch => epoch.Token != first));
        foreach (string code in codes)
            Assert.Equal(CodeState.Used, (await host.Pool.FindAsync(code, Token))!.State);
        keys = [.. (await redis.ExecuteAsync("KEYS", "*")).Items!.Select(key => key.Text!)];
        Assert.DoesNotContain(keys, key => key.Contains($"{first:N}", StringComparison.Ordinal));
        await host.StopAsync();
        await host.AssertExactAsync();
    }
}
