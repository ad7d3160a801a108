using System.Text;
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

        IReadOnlyList<Lease> leases = await RecordAsync(transaction, request, locked, plan, cancellationToken).ConfigureAwait(false);
        return new LeaseResult(LeaseOutcome.Leased, leases, locked.Available - plan.Count);
    }

    private async ValueTask<IReadOnlyList<Lease>> RecordAsync(
        PostgresTransaction transaction, LeaseRequest request, LeaseLock locked, LeasePlan plan, CancellationToken cancellationToken)
    {
        long[] firsts = [.. plan.Runs.Select(run => run.First)];
        long[] lasts = [.. plan.Runs.Select(run => run.Last)];
        PostgresBatch batch = transaction.Batch()
            .Add(
                "lease.insert",
                Sql.Value("leases", plan.Runs.Select((_, index) => locked.NextLease + index).ToArray()),
                Sql.Value("firsts", firsts), Sql.Value("lasts", lasts), Sql.Value("epoch", request.Epoch.Number),
                Sql.Value("token", request.Epoch.Token), Sql.Value("operation", request.Operation))
            .Add("lease.advance", Sql.Value("leased_to", plan.LeasedTo), Sql.Value("next_lease", locked.NextLease + plan.Runs.Count));
        await using (batch.ConfigureAwait(false))
        {
            if (plan.Taken.Count > 0)
                batch.Add("lease.take_returned", Sql.Value("firsts", plan.Taken.Select(run => run.First).ToArray()));
            if (plan.Kept is { } kept)
                batch.Add("lease.keep_returned", Sql.Value("first", kept.First), Sql.Value("last", kept.Last));
            batch.Add("lease.read", Sql.Value("firsts", firsts), Sql.Value("lasts", lasts));
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
                return await ReadAsync(reader, plan.Runs, locked.NextLease, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<IReadOnlyList<Lease>> ReadAsync(
        NpgsqlDataReader reader, List<NumberRun> runs, long number, CancellationToken cancellationToken)
    {
        var leases = new List<Lease>(runs.Count);
        foreach (NumberRun run in runs)
        {
            // Status open carries promise 1 here: whatever the ranges say, a code that is Used is never leased.
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (reader.GetInt64(0) != run.Count)
                throw NotAvailable(run);
            leases.Add(new Lease(number++, run.First, Split(reader.GetFieldValue<byte[]>(1), run)));
        }

        return leases;
    }

    /// <summary>A code a line.</summary>
    private string[] Split(ReadOnlySpan<byte> lines, NumberRun run)
    {
        var codes = new string[run.Count];
        int next = 0;
        foreach (Range line in lines.Split((byte)'\n'))
        {
            if (next == codes.Length)
                throw NotAvailable(run);
            codes[next++] = Encoding.UTF8.GetString(lines[line]);
        }

        return next == codes.Length ? codes : throw NotAvailable(run);
    }

    private CodePoolConfigurationException NotAvailable(NumberRun run) => new(
        pool.Name, $"codes {run.First} to {run.Last} are recorded as available, but not all of them are. Audit the pool.");
}
