using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Closes all epochs, and puts one settled record over every code in the place of leases and returned runs.</summary>
internal static class RecoverWrite
{
    /// <summary>Further than any history that was lost can have gone.</summary>
    private const long Jump = 1L << 20;

    private readonly record struct Count(long Open, long Used, long Void);

    public static async ValueTask<long> WriteAsync(
        PostgresTransaction transaction, long filledTo, long nextLease, long nextEpoch, long unconfirmedBefore, bool resume, DateTime now, CancellationToken cancellationToken)
    {
        // Each open code may be in a hand that this database has forgotten.
        Count count = await CountAsync(transaction, cancellationToken).ConfigureAwait(false);
        long burned = Math.Max(0, count.Open - unconfirmedBefore);
        PostgresBatch batch = transaction.Batch()
            .Add("recover.close_epochs", Sql.Value("reason", (short)EpochCloseReason.Recovered), Sql.Value("now", now))
            .Add("recover.delete_leases")
            .Add(
                "recover.insert_record",
                Sql.Value("lease", nextLease + Jump), Sql.Value("filled_to", filledTo), Sql.Value("token", Guid.NewGuid()))
            .Add(
                "recover.write_pool",
                Sql.Value("recovering", !resume), Sql.Value("filled_to", filledTo),
                Sql.Value("next_lease", nextLease + Jump + 1), Sql.Value("next_epoch", nextEpoch + Jump),
                Sql.Value("used", count.Used), Sql.Value("unconfirmed", count.Open), Sql.Value("void", count.Void))
            .Add("recover.delete_returned");
        await using (batch.ConfigureAwait(false))
        {
            if (burned > 0)
                batch.Add("settle.burn", Sql.Value("reason", (short)EpochCloseReason.Recovered), Sql.Value("codes", burned));
            await batch.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }

        return burned;
    }

    private static async ValueTask<Count> CountAsync(PostgresTransaction transaction, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.Batch().WithoutTimeout().Add("recover.whole_table").Add("recover.count");
        await using (batch.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.NextRowAsync(cancellationToken).ConfigureAwait(false);
                return new Count(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
            }
        }
    }
}
