using CodePool.Providers;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Makes a pool's record, or compares it with what the options say.</summary>
internal static class OpenStep
{
    private sealed record Row(int Id, Guid Uid, string Format, short Consistency, bool Recovering, long FilledTo);

    public static async ValueTask<PoolRecord> OpenAsync(PoolContext pool, PoolDefinition definition, CancellationToken cancellationToken)
    {
        Row row = await pool.ReadAsync(
            (connection, token) => FindOrInsertAsync(pool, connection, definition, token), cancellationToken).ConfigureAwait(false);

        var stored = (CodeConsistency)row.Consistency;
        Compare(definition.Name, "Format", row.Format, definition.Format);
        Compare(definition.Name, "Consistency", stored.ToString(), definition.Consistency.ToString());
        pool.Id = row.Id;
        if (pool.Trusted)
            await AcceptIdentityAsync(pool, cancellationToken).ConfigureAwait(false);
        return new PoolRecord(row.Uid, row.FilledTo, row.Recovering);
    }

    private static async ValueTask<Row> FindOrInsertAsync(
        PoolContext pool, NpgsqlConnection connection, PoolDefinition definition, CancellationToken cancellationToken)
    {
        Row? row = await FindAsync(pool, connection, definition, cancellationToken).ConfigureAwait(false);
        if (row is not null)
            return row;

        // Of two processes one inserts; the unique name makes the other wait, and then insert nothing.
        await connection.ExecuteAsync(new CommandDefinition(
            pool.Statements["open.insert_pool"],
            new { uid = Guid.NewGuid(), name = definition.Name, format = definition.Format, consistency = (short)definition.Consistency },
            cancellationToken: cancellationToken)).ConfigureAwait(false);
        return await FindAsync(pool, connection, definition, cancellationToken).ConfigureAwait(false)
            ?? throw new CodePoolConfigurationException(definition.Name, "the pool's record cannot be read back: check row-level security on the tables.");
    }

    private static async ValueTask<Row?> FindAsync(
        PoolContext pool, NpgsqlConnection connection, PoolDefinition definition, CancellationToken cancellationToken) =>
        await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            pool.Statements["open.find_pool"], new { name = definition.Name }, cancellationToken: cancellationToken)).ConfigureAwait(false);

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
