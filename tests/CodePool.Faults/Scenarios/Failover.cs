using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>What the scenarios with replicas share.</summary>
internal static class Failover
{
    /// <summary>The replica keeps what it has and hears no more: stopping its process would only fill the socket's buffer.</summary>
    public static Task LagAsync(RedisInstance replica) => replica.ReplicaOfAsync("127.0.0.1", 1);
}
