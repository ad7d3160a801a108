namespace CodePool.TestServers;

/// <summary>A primary, a replica, and one sentinel that decides alone which is which.</summary>
public sealed class RedisSentinel : IAsyncDisposable
{
    /// <summary>What the sentinel calls the primary.</summary>
    public const string ServiceName = "codepool";

    private readonly RedisInstance _first;
    private readonly RedisInstance _second;
    private readonly RedisInstance _sentinel;

    private RedisSentinel(RedisInstance first, RedisInstance second, RedisInstance sentinel) =>
        (_first, _second, _sentinel) = (first, second, sentinel);

    /// <summary>For StackExchange.Redis: it asks the sentinel where the primary is.</summary>
    public string Configuration => $"127.0.0.1:{_sentinel.Port},serviceName={ServiceName}";

    /// <summary>The one that watches.</summary>
    public RedisInstance Sentinel => _sentinel;

    /// <summary>Starts the three; returns when the sentinel could fail over.</summary>
    public static async Task<RedisSentinel> StartNewAsync(TimeSpan downAfter)
    {
        RedisInstance primary = await RedisInstance.StartNewAsync();
        RedisInstance replica = await RedisInstance.StartNewAsync();
        await replica.ReplicaOfAsync(primary);
        await primary.WaitForReplicaAsync(replica);
        RedisInstance sentinel = await RedisInstance.StartNewAsync(new RedisOptions
        {
            Sentinel = true,
            Settings =
            [
                $"sentinel monitor {ServiceName} 127.0.0.1 {primary.Port} 1",
                $"sentinel down-after-milliseconds {ServiceName} {downAfter.TotalMilliseconds:F0}",
                $"sentinel failover-timeout {ServiceName} 5000",
            ],
        });
        var all = new RedisSentinel(primary, replica, sentinel);
        await all.WaitForReplicaAsync();
        return all;
    }

    /// <summary>The instance that the sentinel says is the primary.</summary>
    public async Task<RedisInstance> PrimaryAsync()
    {
        RespValue address = await _sentinel.ExecuteAsync("SENTINEL", "GET-MASTER-ADDR-BY-NAME", ServiceName);
        return address.Items[1].Text == $"{_first.Port}" ? _first : _second;
    }

    /// <summary>The other instance.</summary>
    public async Task<RedisInstance> ReplicaAsync() => await PrimaryAsync() == _first ? _second : _first;

    /// <summary>Asks the sentinel for a failover, and waits until the replica is the primary.</summary>
    public async Task FailOverAsync()
    {
        RedisInstance replica = await ReplicaAsync();
        await _sentinel.ExecuteAsync("SENTINEL", "FAILOVER", ServiceName);
        await WaitForPrimaryAsync(replica);
    }

    /// <summary>Waits until the sentinel has made <paramref name="instance"/> the primary: it says so, and the instance too.</summary>
    public Task WaitForPrimaryAsync(RedisInstance instance) => Poll.UntilAsync(
        async () => await PrimaryAsync() == instance && (await instance.InfoAsync("replication"))["role"] == "master",
        "a sentinel to fail over");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _sentinel.DisposeAsync();
        await _second.DisposeAsync();
        await _first.DisposeAsync();
    }

    /// <summary>Before the sentinel has heard from the replica itself it would not promote it.</summary>
    private Task WaitForReplicaAsync() => Poll.UntilAsync(
        async () => (await _sentinel.ExecuteAsync("SENTINEL", "REPLICAS", ServiceName)).Items is [var replica]
            && Field(replica, "flags") == "slave" && Field(replica, "master-link-status") == "ok",
        "a sentinel to find the replica");

    private static string? Field(RespValue fields, string name) =>
        fields.Items.SkipWhile(field => field.Text != name).ElementAtOrDefault(1)?.Text;
}
