using CodePool.Providers;

namespace CodePool.Postgres.Internal;

/// <summary>The one round trip that settles: leases, then the pool, then returned runs, as locks are taken.</summary>
internal static class SettleWrite
{
    public static async ValueTask WriteAsync(
        PostgresTransaction transaction, Epoch epoch, long[] leases, Leftovers left, EpochCloseReason reason, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.Batch().Add("settle.delete_leases", Sql.Value("token", epoch.Token), Sql.Value("leases", leases));
        await using (batch.ConfigureAwait(false))
        {
            if (left.Unconfirmed.Count > 0)
                AddRuns(batch, epoch, left);
            batch.Add(
                "settle.add_totals",
                Sql.Value("used", left.Used), Sql.Value("unconfirmed", left.UnconfirmedCount), Sql.Value("void", left.Void));
            if (left.Returned.Count > 0)
            {
                batch.Add(
                    "settle.insert_returned",
                    Sql.Value("firsts", left.Returned.Select(run => run.First).ToArray()),
                    Sql.Value("lasts", left.Returned.Select(run => run.Last).ToArray()));
            }

            // Counted by the transaction that burns: a counter that lives in a client dies with it.
            if (left.UnconfirmedCount > 0)
                batch.Add("settle.burn", Sql.Value("reason", (short)reason), Sql.Value("codes", left.UnconfirmedCount));
            await batch.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static void AddRuns(PostgresBatch batch, Epoch epoch, Leftovers left) => batch.Add(
        "settle.insert_runs",
        Sql.Value("leases", left.Unconfirmed.Select(part => part.Lease).ToArray()),
        Sql.Value("firsts", left.Unconfirmed.Select(part => part.Run.First).ToArray()),
        Sql.Value("lasts", left.Unconfirmed.Select(part => part.Run.Last).ToArray()),
        Sql.Value("epoch", epoch.Number), Sql.Value("token", epoch.Token), Sql.Value("operation", Guid.Empty));
}
