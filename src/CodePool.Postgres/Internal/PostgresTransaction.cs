using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>An open transaction at READ COMMITTED.</summary>
internal sealed class PostgresTransaction(
    NpgsqlConnection connection, NpgsqlTransaction transaction, PostgresStatements statements, short pool)
{
    public NpgsqlConnection Connection => connection;

    public NpgsqlTransaction Inner => transaction;

    /// <summary>The next round trip.</summary>
    public PostgresBatch Batch() => new(connection, transaction, statements, pool);

    /// <summary>The first round trip of a step that forces its durability; its first result is not worth reading.</summary>
    public PostgresBatch DurableBatch() => Batch().Add("transaction.settings");
}
