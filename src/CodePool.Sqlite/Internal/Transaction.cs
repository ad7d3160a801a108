using CodePool.Providers;
using Microsoft.Data.Sqlite;

namespace CodePool.Sqlite.Internal;

/// <summary>One transaction, or one snapshot, on one pool; every statement knows the pool as <c>@pool</c> and the time as <c>@now</c>.</summary>
internal sealed class Transaction(SqliteSession session, string poolName, PoolRow pool, DateTimeOffset now)
{
    private readonly object _pool = pool.Id;
    private readonly object _now = now.ToUnixTimeMilliseconds();

    public string PoolName => poolName;

    /// <summary>As it was when the transaction began.</summary>
    public PoolRow Pool => pool;

    public int Execute(string name, params ReadOnlySpan<(string Name, object? Value)> values) =>
        session.Execute(name, [("@pool", _pool), ("@now", _now), .. values]);

    public List<T> Query<T>(string name, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> values) =>
        session.Query(name, read, [("@pool", _pool), ("@now", _now), .. values]);

    /// <summary>Codes free to be leased, now.</summary>
    public long Available() => Query("available", row => row.GetInt64(0))[0];

    /// <summary>Refuses while a recovery has not ended.</summary>
    public void EnsureSound()
    {
        if (pool.Recovering)
            throw new StoreRewoundException(poolName, "a recovery has not ended");
    }

    public CodePoolConfigurationException Contradiction(string what) =>
        new(poolName, $"the store's records contradict each other: {what}. Audit the pool.");
}
