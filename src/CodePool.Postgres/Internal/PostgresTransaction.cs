using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>An open transaction at READ COMMITTED.</summary>
internal sealed class PostgresTransaction(
    NpgsqlConnection connection, NpgsqlTransaction transaction, PostgresStatements statements, short pool, bool prepares)
{
    public NpgsqlConnection Connection => connection;

    public NpgsqlTransaction Inner => transaction;

    /// <summary>Whether its COMMIT has been sent and answered.</summary>
    public bool IsCommitted { get; private set; }

    /// <summary>The next round trip.</summary>
    public PostgresBatch Batch() => new(connection, transaction, statements, pool, prepares);

    /// <summary>The first round trip of a step that forces its durability; its first result is not worth reading.</summary>
    public PostgresBatch DurableBatch() => Batch().Add("transaction.settings");

    /// <summary>
    /// The last round trip, with the COMMIT in it. A statement of it that fails keeps the COMMIT from being run. It is not cancelled any
    /// more: whether it was committed would not be known.
    /// </summary>
    public async Task CommitAsync(PostgresBatch last)
    {
        await last.Add("transaction.commit").ExecuteAsync(CancellationToken.None).ConfigureAwait(false);
        IsCommitted = true;
    }
}
