namespace CodePool.TestServers;

/// <summary>Three primaries that share the hash slots, without replicas.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16_384;
    private const int Primaries = 3;

    private readonly List<Member> _members = [];

    private RedisCluster()
    {
    }

    /// <summary>Its primaries, by slots.</summary>
    public IReadOnlyList<RedisInstance> Nodes => [.. _members.Select(member => member.Node)];

    /// <summary>For StackExchange.Redis.</summary>
    public string Configuration => string.Join(',', Nodes.Select(node => $"127.0.0.1:{node.Port}"));

    /// <summary>Starts it; returns when each node says that the cluster is whole.</summary>
    public static async Task<RedisCluster> StartNewAsync(params string[] settings)
    {
        var cluster = new RedisCluster();
        try
        {
            for (int node = 0; node < Primaries; node++)
                cluster._members.Add(await StartNodeAsync(node, settings));
            foreach (Member member in cluster._members[1..])
                await cluster.Nodes[0].ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", $"{member.Node.Port}", $"{member.BusPort}");
            foreach (RedisInstance node in cluster.Nodes)
                await Poll.UntilAsync(() => IsWholeAsync(node), "a cluster to be whole");
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>The primary that holds a key's slot.</summary>
    public async Task<RedisInstance> NodeOfAsync(string key)
    {
        long slot = (await Nodes[0].ExecuteAsync("CLUSTER", "KEYSLOT", key)).Number;
        return Nodes[Enumerable.Range(0, Primaries).First(node => slot < FirstSlot(node + 1))];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (Member member in _members)
            await member.Node.DisposeAsync();
    }

    private static async Task<Member> StartNodeAsync(int node, string[] settings)
    {
        int busPort = LoopbackPort.Free();
        RedisInstance instance = await RedisInstance.StartNewAsync(
            ["cluster-enabled yes", "cluster-config-file nodes.conf", "cluster-node-timeout 2000", $"cluster-port {busPort}", .. settings]);

        // Told, not elected: nodes that meet with the same epoch need rounds to agree.
        await instance.ExecuteAsync("CLUSTER", "SET-CONFIG-EPOCH", $"{node + 1}");
        await instance.ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", $"{FirstSlot(node)}", $"{FirstSlot(node + 1) - 1}");
        return new Member(instance, busPort);
    }

    private static int FirstSlot(int node) => Slots * node / Primaries;

    private static async Task<bool> IsWholeAsync(RedisInstance node)
    {
        string info = (await node.ExecuteAsync("CLUSTER", "INFO")).Text!;
        return info.Contains("cluster_state:ok", StringComparison.Ordinal)
            && info.Contains($"cluster_slots_ok:{Slots}", StringComparison.Ordinal)
            && info.Contains($"cluster_known_nodes:{Primaries}", StringComparison.Ordinal);
    }

    private sealed record Member(RedisInstance Node, int BusPort);
}
