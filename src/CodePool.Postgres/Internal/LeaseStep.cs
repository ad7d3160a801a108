using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Gives ranges of available codes to an epoch: a counter and a record, however many codes there are.</summary>
internal sealed class LeaseStep(PoolContext pool)
{
    // The operation makes it idempotent: a retry finds the leases of the first attempt.
    public ValueTask<LeaseResult> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        pool.TransactAsync(Outcome.Idempotent, (transaction, token) => LeaseAsync(transaction, request, token), cancellationToken);

    private async ValueTask<LeaseResult> LeaseAsync(PostgresTransaction transaction, LeaseRequest request, CancellationToken cancellationToken)
    {
        LeaseLock locked = await LeaseLock.TakeAsync(pool, transaction, request, cancellationToken).ConfigureAwait(false);
        if (!locked.IsOpen)
            return new LeaseResult(LeaseOutcome.EpochClosed, [], locked.Available);
        if (locked.IsRepeated)
            return new LeaseResult(LeaseOutcome.Leased, locked.Earlier, locked.Available);

        // Lease numbers are never reused: one that somebody knows already was given by a future this database has lost.
        if (locked.NextLease <= request.HighestKnownLease)
            throw new StoreRewoundException(pool.Name, "a lease number would repeat", request.Epoch.Number);

        LeasePlan plan = LeasePlan.Make(locked, request.Count);
        if (plan.Runs.Count == 0)
            return new LeaseResult(LeaseOutcome.Empty, [], locked.Available);

        IReadOnlyList<RunText> texts = locked.Returned.Count == 0
            ? [locked.Next]
            : await ReadAsync(transaction, plan.Runs, cancellationToken).ConfigureAwait(false);
        foreach (RunText text in texts)
        {
            if (!text.IsComplete)
                throw NotAvailable(text.Run);
        }

        cancellationToken.ThrowIfCancellationRequested();
        IReadOnlyList<Lease> leases = await RecordAsync(transaction, request, locked.NextLease, plan, texts).ConfigureAwait(false);
        return new LeaseResult(LeaseOutcome.Leased, leases, locked.Available - plan.Count);
    }

    private static async ValueTask<IReadOnlyList<RunText>> ReadAsync(
        PostgresTransaction transaction, List<NumberRun> runs, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.Batch().Add("lease.read", Firsts(runs), Lasts(runs));
        await using (batch.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var texts = new List<RunText>(runs.Count);
                foreach (NumberRun run in runs)
                {
                    await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                    texts.Add(RunText.Read(reader, 0, run));
                }

                return texts;
            }
        }
    }

    private static async ValueTask<IReadOnlyList<Lease>> RecordAsync(
        PostgresTransaction transaction, LeaseRequest request, long number, LeasePlan plan, IReadOnlyList<RunText> texts)
    {
        PostgresBatch batch = transaction.Batch()
            .Add(
                "lease.insert",
                Sql.Value("leases", plan.Runs.Select((_, index) => number + index).ToArray()),
                Firsts(plan.Runs), Lasts(plan.Runs), Sql.Value("epoch", request.Epoch.Number),
                Sql.Value("token", request.Epoch.Token), Sql.Value("operation", request.Operation))
            .Add("lease.advance", Sql.Value("leased_to", plan.LeasedTo), Sql.Value("next_lease", number + plan.Runs.Count));
        await using (batch.ConfigureAwait(false))
        {
            if (plan.Taken.Count > 0)
                batch.Add("lease.take_returned", Firsts(plan.Taken));
            if (plan.Kept is { } kept)
                batch.Add("lease.keep_returned", Sql.Value("first", kept.First), Sql.Value("last", kept.Last));

            // The strings are made while the server commits, which takes as long; nobody has them before it has.
            Task committed = transaction.CommitAsync(batch);
            try
            {
                return [.. texts.Select((text, index) => text.ToLease(number + index))];
            }
            finally
            {
                await committed.ConfigureAwait(false);
            }
        }
    }

    private static NpgsqlParameter Firsts(List<NumberRun> runs) => Sql.Value("firsts", runs.Select(run => run.First).ToArray());

    private static NpgsqlParameter Lasts(List<NumberRun> runs) => Sql.Value("lasts", runs.Select(run => run.Last).ToArray());

    private CodePoolConfigurationException NotAvailable(NumberRun run) => new(
        pool.Name, $"codes {run.First} to {run.Last} are recorded as available, but not all of them are. Audit the pool.");
}
