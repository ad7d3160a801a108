using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Answers a database that went back in time. Nothing goes back to Available.</summary>
internal sealed class RecoverStep(PoolContext pool)
{
    private readonly record struct Record(Guard Guard, long NextLease, long NextEpoch, long Unconfirmed, long FilledTo);

    public async ValueTask<RecoveryResult> RecoverAsync(RecoveryRequest request, CancellationToken cancellationToken)
    {
        // Durably, by itself: from here on leases, confirms, settles and new epochs refuse, whatever happens to this process.
        bool begun = await pool.TransactAsync(
            Outcome.Idempotent, (transaction, token) => BeginAsync(transaction, request, token), cancellationToken).ConfigureAwait(false);
        return begun
            ? await pool.TransactAsync(
                Outcome.Once, (transaction, token) => FinishAsync(transaction, request, token), cancellationToken).ConfigureAwait(false)
            : new RecoveryResult(false, 0, Resumed: true);
    }

    private async ValueTask<bool> BeginAsync(PostgresTransaction transaction, RecoveryRequest request, CancellationToken cancellationToken)
    {
        Record record = await LockAsync(transaction.DurableBatch(), 1, cancellationToken).ConfigureAwait(false);
        if (!IsNeeded(record.Guard, request))
            return false;

        PostgresBatch batch = transaction.Batch().Add("recover.set_recovering");
        await using (batch.ConfigureAwait(false))
            await batch.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async ValueTask<RecoveryResult> FinishAsync(PostgresTransaction transaction, RecoveryRequest request, CancellationToken cancellationToken)
    {
        PostgresBatch locks = transaction.DurableBatch().WithoutTimeout()
            .Add("recover.lock_fill").Add("recover.lock_epochs").Add("recover.lock_leases");
        Record record = await LockAsync(locks, 4, cancellationToken).ConfigureAwait(false);

        // Somebody else may have ended it while this one waited: without the flag others open epochs and lease beside this, unlocked.
        if (!record.Guard.Recovering)
            return new RecoveryResult(false, 0, Resumed: true);

        long unconfirmed = await RecoverWrite.WriteAsync(
            transaction,
            record.FilledTo,
            // Past everything that anybody present remembers.
            nextLease: Math.Max(record.NextLease, request.HighestKnownLease),
            nextEpoch: Math.Max(record.NextEpoch, Math.Max(request.HighestKnownEpoch, request.EvidenceEpoch)),
            record.Unconfirmed,
            request.Resume,
            pool.Now,
            cancellationToken).ConfigureAwait(false);
        return new RecoveryResult(true, unconfirmed, request.Resume);
    }

    /// <summary>Epochs below the last recovery are from before it: their evidence is answered.</summary>
    private static bool IsNeeded(Guard guard, RecoveryRequest request) =>
        guard.Recovering || !guard.SameDatabase || (request.EvidenceEpoch > 0 && request.EvidenceEpoch >= guard.RecoveredEpoch);

    /// <param name="batch">Settings and locks that come before the pool's.</param>
    /// <param name="before">How many there are: their results say nothing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private async ValueTask<Record> LockAsync(PostgresBatch batch, int before, CancellationToken cancellationToken)
    {
        await using (batch.ConfigureAwait(false))
        {
            batch.Add("recover.read_pool").Add("recover.filled_to");
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                for (int result = 0; result < before; result++)
                    await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);

                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                var record = new Record(Guard.Read(reader, pool), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), 0);
                await reader.NextRowAsync(cancellationToken).ConfigureAwait(false);
                return record with { FilledTo = reader.GetInt64(0) };
            }
        }
    }
}
