namespace CodePool.Internal.InMemory;

/// <summary>
/// What several stores can share, as processes share a database. Only tests share one, and only tests let it go back in time.
/// </summary>
internal sealed class InMemoryDatabase
{
    private Dictionary<string, PoolState> _pools = new(StringComparer.Ordinal);

    /// <summary>Held for the whole of every step: a step is one transaction.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Changes when the database is replaced by a copy of itself.</summary>
    public string Identity { get; set; } = Guid.NewGuid().ToString("N");

    public PoolState? Find(string poolName) => _pools.GetValueOrDefault(poolName);

    public void Add(PoolState pool) => _pools.Add(pool.Definition.Name, pool);

    public InMemoryDatabase Snapshot()
    {
        lock (Gate)
            return new InMemoryDatabase { Identity = Identity, _pools = Copy(_pools) };
    }

    /// <summary>Goes back to a snapshot; the identity stays, because not every database has one that notices.</summary>
    public void Restore(InMemoryDatabase snapshot)
    {
        lock (Gate)
            _pools = Copy(snapshot._pools);
    }

    private static Dictionary<string, PoolState> Copy(Dictionary<string, PoolState> pools) =>
        pools.ToDictionary(pool => pool.Key, pool => pool.Value.Copy(), StringComparer.Ordinal);
}
