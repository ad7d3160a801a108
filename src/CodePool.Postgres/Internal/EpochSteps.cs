using CodePool.Providers;
using Dapper;

namespace CodePool.Postgres.Internal;

/// <summary>The life of an epoch after its insert. Every step matches its number and its token: after a rewind numbers repeat, tokens cannot.</summary>
internal static class EpochSteps
{
    private sealed record Row(
        long Number, Guid Token, short Kind, string CacheIdentity, short Consistency, short State, long Beats);

    public static ValueTask<bool> ActivateAsync(PoolContext pool, Epoch epoch, CancellationToken cancellationToken) =>
        ChangeAsync(pool, "epochs.activate", epoch, cancellationToken);

    public static ValueTask<bool> BeatAsync(PoolContext pool, Epoch epoch, CancellationToken cancellationToken) =>
        ChangeAsync(pool, "epochs.beat", epoch, cancellationToken);

    public static ValueTask<bool> CloseAsync(
        PoolContext pool, Epoch epoch, EpochCloseReason reason, CancellationToken cancellationToken) => pool.TransactOnceAsync(
        Outcome.Once,
        batch => batch
            .Add("epochs.close", Sql.Value("number", epoch.Number), Sql.Value("token", epoch.Token), Sql.Value("reason", (short)reason), Sql.Value("now", pool.Now))
            .Add("epochs.clear_current", Sql.Value("number", epoch.Number), Sql.Value("token", epoch.Token)),
        ChangedAsync,
        cancellationToken);

    public static ValueTask<IReadOnlyList<Epoch>> ListAsync(PoolContext pool, CancellationToken cancellationToken) =>
        pool.ReadAsync<IReadOnlyList<Epoch>>(
            async (connection, token) =>
            [
                .. (await connection.QueryAsync<Row>(new CommandDefinition(
                    pool.Statements["epochs.list"], new { pool = pool.Id }, cancellationToken: token)).ConfigureAwait(false)).Select(row => new Epoch(
                        row.Number, row.Token, (EpochKind)row.Kind, row.CacheIdentity, (CodeConsistency)row.Consistency, (EpochState)row.State, row.Beats)),
            ],
            cancellationToken);

    private static ValueTask<bool> ChangeAsync(PoolContext pool, string statement, Epoch epoch, CancellationToken cancellationToken) =>
        pool.TransactOnceAsync(
            Outcome.Once,
            batch => batch.Add(statement, Sql.Value("number", epoch.Number), Sql.Value("token", epoch.Token)),
            ChangedAsync,
            cancellationToken);

    /// <summary>Whether the statement after "begin" and "settings" changed its row.</summary>
    private static async ValueTask<bool> ChangedAsync(PostgresBatch batch, Npgsql.NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        return batch.Changed(2) > 0;
    }
}
