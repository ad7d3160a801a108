using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Writes what left a Journaled cache. The usual batch is one update; only what it did not find is looked for elsewhere.</summary>
internal sealed class MarkStep(PoolContext pool)
{
    private readonly record struct First(Guard Guard, int Marked);

    public ValueTask<MarkResult> MarkAsync(Epoch epoch, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken) =>
        pool.TransactAsync(Outcome.Idempotent, (transaction, token) => MarkAsync(transaction, epoch, codes, token), cancellationToken);

    private async ValueTask<MarkResult> MarkAsync(
        PostgresTransaction transaction, Epoch epoch, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken)
    {
        var arrays = new CodeArrays(codes);
        DateTime now = pool.Now;
        CodeRuns? runs = arrays.FindLongRuns();
        First first = await MarkOpenAsync(transaction, epoch, arrays, runs, now, cancellationToken).ConfigureAwait(false);
        first.Guard.RequireSameDatabase(pool);
        int marked = first.Marked;
        if (marked < codes.Count && runs is not null)
            marked += await MarkAsync(transaction, "mark.open", epoch, arrays, now, cancellationToken).ConfigureAwait(false);
        if (marked == codes.Count)
            return new MarkResult(marked, 0, []);

        int late = await MarkAsync(transaction, "mark.settled", epoch, arrays, now, cancellationToken).ConfigureAwait(false);
        List<LeasedCode> unplaced = await FindUnplacedAsync(transaction, arrays, codes, late, cancellationToken).ConfigureAwait(false);

        // Throwing rolls back: evidence of a lost future must not leave half a batch behind.
        return unplaced.Count > 0 && epoch.Number >= first.Guard.RecoveredEpoch
            ? throw new StoreRewoundException(pool.Name, "a taken code has no place here", epoch.Number)
            : new MarkResult(marked + late, late, unplaced);
    }

    private async ValueTask<First> MarkOpenAsync(
        PostgresTransaction transaction, Epoch epoch, CodeArrays codes, CodeRuns? runs, DateTime now, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.DurableBatch()
            .Add("transaction.guard")
            .Add("mark.lock", Sql.Value("token", epoch.Token), codes.Leases);
        await using (batch.ConfigureAwait(false))
        {
            if (runs is null)
                AddMark(batch, "mark.open", epoch, codes, now);
            else
                batch.Add("transaction.in_order").Add("mark.runs", [.. runs.Parameters, Sql.Value("token", epoch.Token), Sql.Value("now", now)]);
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.NextRowAsync(cancellationToken).ConfigureAwait(false);
                Guard guard = Guard.Read(reader, pool);
                while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false))
                {
                    // To the last, which says how many it changed.
                }

                return new First(guard, batch.LastChanged);
            }
        }
    }

    private static async ValueTask<int> MarkAsync(
        PostgresTransaction transaction, string statement, Epoch epoch, CodeArrays codes, DateTime now, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.Batch();
        await using (batch.ConfigureAwait(false))
        {
            AddMark(batch, statement, epoch, codes, now);
            await batch.ExecuteAsync(cancellationToken).ConfigureAwait(false);
            return batch.LastChanged;
        }
    }

    private static void AddMark(PostgresBatch batch, string statement, Epoch epoch, CodeArrays codes, DateTime now) => batch.Add(
        statement, codes.Leases, codes.CodeLeases, codes.Ids, codes.Codes, Sql.Value("token", epoch.Token), Sql.Value("now", now));

    /// <summary>What is still open now has no place; the totals move by what was really changed.</summary>
    private static async ValueTask<List<LeasedCode>> FindUnplacedAsync(
        PostgresTransaction transaction, CodeArrays arrays, IReadOnlyList<LeasedCode> codes, int late, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.Batch().Add("mark.unplaced", arrays.Codes);
        await using (batch.ConfigureAwait(false))
        {
            if (late > 0)
                batch.Add("mark.move", Sql.Value("late", (long)late));
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var places = new List<int>();
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    places.Add(arrays.Places[reader.GetInt32(0)]);
                places.Sort();
                return places.ConvertAll(place => codes[place]);
            }
        }
    }
}
