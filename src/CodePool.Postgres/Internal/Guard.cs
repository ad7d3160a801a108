using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>What the pool's record says about the database it lives in; read inside each transaction that leases, confirms, marks, settles or rotates.</summary>
internal readonly record struct Guard(bool Recovering, bool SameDatabase, long RecoveredEpoch)
{
    /// <summary>The first three columns, as every statement that reads the record names them.</summary>
    public static Guard Read(NpgsqlDataReader reader, PoolContext pool) =>
        new(reader.GetBoolean(0), pool.Trusted || reader.GetBoolean(1), reader.GetInt64(2));

    public void RequireSameDatabase(PoolContext pool)
    {
        if (!SameDatabase)
            throw new StoreRewoundException(pool.Name, "its system identifier or timeline is another one");
    }

    /// <summary>The same database, and no recovery that has not ended.</summary>
    public void RequireSound(PoolContext pool)
    {
        RequireSameDatabase(pool);
        if (Recovering)
            throw new StoreRewoundException(pool.Name, "a recovery has not ended");
    }
}
