using CodePool.Providers;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Makes a pool's record, or compares it with what the options say.</summary>
internal static class OpenStep
{
    private sealed record Row(short Id, Guid Uid, string Format, short Consistency, bool Recovering, long FilledTo);

    public static async ValueTask<PoolRecord> OpenAsync(PoolContext pool, PoolDefinition definition, CancellationToken cancellationToken)
    {
        // Looked for first: every start but the first only reads.
        Row row = await pool.ReadAsync(
                (connection, token) => FindAsync(pool, connection, null, definition, token), cancellationToken).ConfigureAwait(false)
            ?? await InsertAsync(pool, definition, cancellationToken).ConfigureAwait(false);

        var stored = (CodeConsistency)row.Consistency;
        Compare(definition.Name, "Format", row.Format, definition.Format);
        Compare(definition.Name, "Consistency", stored.ToString(), definition.Consistency.ToString());
        pool.Id = row.Id;
        if (pool.Trusted)
            await AcceptIdentityAsync(pool, cancellationToken).ConfigureAwait(false);
        return new PoolRecord(row.Uid, row.FilledTo, row.Recovering);
    }

    /// <summary>Durably: the record's uid names the pool's keys in a shared cache.</summary>
    private static ValueTask<Row> InsertAsync(PoolContext pool, PoolDefinition definition, CancellationToken cancellationToken) =>
        pool.TransactAsync(
            Outcome.Idempotent,
            async (transaction, token) =>
            {
                // Of two processes one inserts; the unique name makes the other wait, and then insert nothing.
                PostgresBatch batch = transaction.DurableBatch().Add(
                    "open.insert_pool",
                    Sql.Value("uid", Guid.NewGuid()), Sql.Value("name", definition.Name), Sql.Value("format", definition.Format),
                    Sql.Value("consistency", (short)definition.Consistency));
                await using (batch.ConfigureAwait(false))
                    await batch.ExecuteAsync(token).ConfigureAwait(false);
                return await FindAsync(pool, transaction.Connection, transaction.Inner, definition, token).ConfigureAwait(false)
                    ?? throw new CodePoolConfigurationException(definition.Name, "the pool's record cannot be read back: check row-level security on the tables.");
            },
            cancellationToken);

    private static async ValueTask<Row?> FindAsync(
        PoolContext pool, NpgsqlConnection connection, NpgsqlTransaction? transaction, PoolDefinition definition, CancellationToken cancellationToken) =>
        await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            pool.Statements["open.find_pool"], new { name = definition.Name }, transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);

    private static ValueTask<int> AcceptIdentityAsync(PoolContext pool, CancellationToken cancellationToken) => pool.ReadAsync(
        async (connection, token) => await connection.ExecuteAsync(new CommandDefinition(
            pool.Statements["open.accept_identity"], new { pool = pool.Id }, cancellationToken: token)).ConfigureAwait(false),
        cancellationToken);

    private static void Compare(string poolName, string option, string stored, string configured)
    {
        if (!string.Equals(stored, configured, StringComparison.Ordinal))
            throw new CodePoolFormatMismatchException(poolName, option, stored, configured);
    }
}
