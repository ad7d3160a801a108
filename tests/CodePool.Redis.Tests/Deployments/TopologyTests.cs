using System.Collections.Concurrent;
using CodePool.Internal.Hosting;
using CodePool.Providers;
using CodePool.Redis.Tests.Hosts;
using CodePool.Redis.Tests.Support;
using CodePool.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace CodePool.Redis.Tests.Deployments;

/// <summary>Cluster, Sentinel, TLS.</summary>
public sealed class TopologyTests
{
    private static readonly string[] Pools = ["gift-cards", "invites", "vouchers"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_keys_of_a_pool_lie_in_one_slot_of_a_cluster()
    {
        await using RedisCluster cluster = await RedisCluster.StartNewAsync();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        foreach (string pool in Pools)
            builder.Services.AddCodePool(pool, RedisHost.Small).UseInMemoryStore().UseRedis(cluster.Configuration, o => o.TrustReplicationId = true);
        using IHost host = builder.Build();
        await host.StartAsync(Token);
        foreach (string pool in Pools)
        {
            var runtime = host.Services.GetRequiredKeyedService<PoolRuntime>(pool);
            await Eventually.HoldsAsync(
                async () => runtime.Shared!.Epoch.Current is not null && (await runtime.Shared.Cache.GetLevelsAsync(Token))?.Cached >= 100,
                "Redis to be filled");
            IReadOnlyList<string> codes = await host.Services.GetRequiredKeyedService<ICodePool>(pool).TakeUpToAsync(300, Token);
            Assert.Equal((300, 0), (codes.Distinct().Count(), runtime.Cache.Taken));
        }

        var keys = new List<string>();
        foreach (RedisInstance node in cluster.Nodes)
            keys.AddRange((await node.ExecuteAsync("KEYS", "codepool:*")).Items.Select(key => key.Text!));
        Assert.Equal(Pools.Length, keys.Count(key => key.EndsWith(":meta", StringComparison.Ordinal)));
        foreach (IGrouping<string, string> ofOne in keys.GroupBy(key => key.Split('{', '}')[1]))
        {
            Assert.InRange(ofOne.Count(), 2, 3);
            long[] slots = await Task.WhenAll(ofOne.Select(async key => (await cluster.Nodes[0].ExecuteAsync("CLUSTER", "KEYSLOT", key)).Number));
            Assert.Single(slots.Distinct());
        }

        await host.StopAsync(Token);
        foreach (string pool in Pools)
        {
            CodePoolAudit audit = await host.Services.GetRequiredKeyedService<ICodePoolOperations>(pool).AuditAsync(Token);
            Assert.True(audit.IsExact);
            Assert.Equal((300, 0), (audit.Used, audit.Unconfirmed));
        }
    }

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task A_failover_by_sentinel_while_codes_are_taken(CodeConsistency consistency)
    {
        await using RedisSentinel sentinel = await RedisSentinel.StartNewAsync(TimeSpan.FromSeconds(5));
        var world = new World();
        await using RedisHost host = await world.StartAsync(sentinel.Configuration, o =>
        {
            o.Consistency = consistency;
            o.EpochTimeout = TimeSpan.FromSeconds(2);
        });
        await host.FilledAsync();
        Guid before = host.Epoch!.Token;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Token);
        ConcurrentBag<string> codes = [];
        Task[] takers = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    codes.Add(await host.Pool.TakeAsync(Token));
                    await Task.Yield();
                }
            },
            Token))];

        await sentinel.FailOverAsync();

        await host.EventuallyAsync(() => host.Epoch is { } epoch && epoch.Token != before, "an epoch on the new primary");
        await host.FilledAsync();
        await enough.CancelAsync();
        await Task.WhenAll(takers);
        await Eventually.HoldsAsync(async () => (await world.SharedEpochsAsync()).Count == 1, "the old epoch to be settled");
        await host.StopAsync();
        CodePoolAudit audit = await world.AssertExactAsync();
        Assert.Equal(codes.Count, codes.Distinct().Count());
        if (consistency == CodeConsistency.Confirmed)
            Assert.Equal((codes.Count, 0), (audit.Used - host.Runtime.Queue.Undelivered, audit.Unconfirmed));
        foreach (string code in codes.Take(200))
            Assert.Contains(await world.StateAsync(code), new[] { CodeState.Used, CodeState.Unconfirmed });
    }

    [Fact]
    public async Task Over_tls_through_the_hosts_multiplexer()
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync(new RedisOptions { Tls = true, Password = "secret" });
        await using ConnectionMultiplexer own = await ConnectionMultiplexer.ConnectAsync(server.CreateConfiguration());
        var world = new World();
        await using var host = new RedisHost(
            world, builder => builder.UseStore("UseWorld", _ => new UnreachableStore(world)).UseRedis(_ => own, o => o.TrustReplicationId = true), null);
        await host.StartAsync();
        await host.FilledAsync();
        await host.TakeUpToAsync(50);
        Assert.Equal(0, host.TakenLocally);
        await host.StopAsync();
    }
}
