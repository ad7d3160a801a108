using StackExchange.Redis;

namespace CodePool.TestServers.Tests;

public sealed class RedisTopologyTests
{
    [Fact]
    public async Task A_cluster_has_three_primaries_that_share_the_keys()
    {
        await using RedisCluster cluster = await RedisCluster.StartNewAsync();
        await using ConnectionMultiplexer redis = await ConnectionMultiplexer.ConnectAsync(cluster.Configuration);
        for (int key = 0; key < 60; key++)
            Assert.True(await redis.GetDatabase().StringSetAsync($"key-{key}", key));

        Assert.Equal("7", (await (await cluster.NodeOfAsync("key-7")).ExecuteAsync("GET", "key-7")).Text);
        foreach (RedisInstance node in cluster.Nodes)
            Assert.NotEqual(0, (await node.ExecuteAsync("DBSIZE")).Number);
    }

    [Fact]
    public async Task A_sentinel_replaces_a_killed_primary()
    {
        await using RedisSentinel sentinel = await RedisSentinel.StartNewAsync(TimeSpan.FromMilliseconds(300));
        await using ConnectionMultiplexer redis = await ConnectionMultiplexer.ConnectAsync(sentinel.Configuration);
        Assert.True(await redis.GetDatabase().StringSetAsync("key", "value"));
        RedisInstance primary = await sentinel.PrimaryAsync();
        RedisInstance replica = await sentinel.ReplicaAsync();
        await primary.WaitForReplicaAsync(replica);
        string history = await primary.ReplicationIdAsync();

        await primary.KillAsync();
        await sentinel.WaitForPrimaryAsync(replica);

        Assert.NotEqual(history, await replica.ReplicationIdAsync());
        Assert.Equal("value", (await replica.ExecuteAsync("GET", "key")).Text);
    }

    [Fact]
    public async Task A_sentinel_fails_over_when_asked()
    {
        await using RedisSentinel sentinel = await RedisSentinel.StartNewAsync(TimeSpan.FromSeconds(5));
        RedisInstance replica = await sentinel.ReplicaAsync();
        await sentinel.FailOverAsync();
        Assert.Same(replica, await sentinel.PrimaryAsync());
    }
}
