using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Inserts an epoch; a shared one in place of the current one.</summary>
internal static class OpenEpochStep
{
    private readonly record struct Record(bool ReplacesOpen, long NextEpoch, long CurrentEpoch, CodeConsistency Consistency);

    public static ValueTask<Epoch?> OpenAsync(PoolContext pool, EpochRequest request, CancellationToken cancellationToken) =>
        pool.TransactAsync(Outcome.Once, (transaction, token) => OpenAsync(pool, transaction, request, token), cancellationToken);

    private static async ValueTask<Epoch?> OpenAsync(
        PoolContext pool, PostgresTransaction transaction, EpochRequest request, CancellationToken cancellationToken)
    {
        Record record = await LockAsync(pool, transaction, request, cancellationToken).ConfigureAwait(false);
        if (record.NextEpoch <= request.HighestKnownEpoch)
            throw new StoreRewoundException(pool.Name, "an epoch number would repeat", request.HighestKnownEpoch);

        bool shared = request.Kind == EpochKind.Redis;
        if (shared && (record.CurrentEpoch != request.Replaces || (request.OnlyOpening && record.ReplacesOpen)))
            return null;

        var epoch = new Epoch(
            record.NextEpoch, request.Token, request.Kind, request.CacheIdentity, record.Consistency,
            shared ? EpochState.Opening : EpochState.Open, Beats: 0);
        await InsertAsync(pool, transaction, epoch, shared ? request.Replaces : 0, cancellationToken).ConfigureAwait(false);
        return epoch;
    }

    private static async ValueTask<Record> LockAsync(
        PoolContext pool, PostgresTransaction transaction, EpochRequest request, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.DurableBatch()
            .Add("epochs.lock_epoch", Sql.Value("replaces", request.Kind == EpochKind.Redis ? request.Replaces : 0))
            .Add("epochs.lock_pool");
        await using (batch.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                bool open = await reader.NextRowAsync(cancellationToken).ConfigureAwait(false)
                    && (EpochState)reader.GetInt16(0) == EpochState.Open;
                await reader.NextRowAsync(cancellationToken).ConfigureAwait(false);
                Guard.Read(reader, pool).RequireSound(pool);
                return new Record(open, reader.GetInt64(3), reader.GetInt64(4), (CodeConsistency)reader.GetInt16(5));
            }
        }
    }

    private static async ValueTask InsertAsync(
        PoolContext pool, PostgresTransaction transaction, Epoch epoch, long replaces, CancellationToken cancellationToken)
    {
        DateTime now = pool.Now;
        PostgresBatch batch = transaction.Batch();
        await using (batch.ConfigureAwait(false))
        {
            if (replaces > 0)
                batch.Add("epochs.replace", Sql.Value("replaces", replaces), Sql.Value("reason", (short)EpochCloseReason.Replaced), Sql.Value("now", now));
            batch.Add(
                "epochs.insert",
                Sql.Value("number", epoch.Number), Sql.Value("token", epoch.Token), Sql.Value("kind", (short)epoch.Kind),
                Sql.Value("cache_identity", epoch.CacheIdentity), Sql.Value("consistency", (short)epoch.Consistency),
                Sql.Value("state", (short)epoch.State), Sql.Value("now", now));
            batch.Add("epochs.advance", Sql.Value("number", epoch.Number), Sql.Value("shared", epoch.Kind == EpochKind.Redis));
            await batch.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
