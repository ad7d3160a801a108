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
        First first = await MarkOpenAsync(transaction, epoch, arrays, now, cancellationToken).ConfigureAwait(false);
        first.Guard.RequireSameDatabase(pool);
        if (first.Marked == codes.Count)
            return new MarkResult(first.Marked, 0, []);

        int late = await MarkSettledAsync(transaction, epoch, arrays, now, cancellationToken).ConfigureAwait(false);
        List<LeasedCode> unplaced = await FindUnplacedAsync(transaction, arrays, codes, late, cancellationToken).ConfigureAwait(false);

        // Throwing rolls back: evidence of a lost future must not leave half a batch behind.
        return unplaced.Count > 0 && epoch.Number >= first.Guard.RecoveredEpoch
            ? throw new StoreRewoundException(pool.Name, "a taken code has no place here", epoch.Number)
            : new MarkResult(first.Marked + late, late, unplaced);
    }

    private async ValueTask<First> MarkOpenAsync(
        PostgresTransaction transaction, Epoch epoch, CodeArrays codes, DateTime now, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.DurableBatch()
            .Add("transaction.guard")
            .Add("mark.lock", Sql.Value("token", epoch.Token), codes.Leases)
            .Add("mark.open", codes.Leases, codes.CodeLeases, codes.Ids, codes.Codes, Sql.Value("token", epoch.Token), Sql.Value("now", now));
        await using (batch.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.NextRowAsync(cancellationToken).ConfigureAwait(false);
                Guard guard = Guard.Read(reader, pool);
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                return new First(guard, batch.LastChanged);
            }
        }
    }

    private static async ValueTask<int> MarkSettledAsync(
        PostgresTransaction transaction, Epoch epoch, CodeArrays codes, DateTime now, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.Batch().Add(
            "mark.settled", codes.CodeLeases, codes.Ids, codes.Codes, Sql.Value("token", epoch.Token), Sql.Value("now", now));
        await using (batch.ConfigureAwait(false))
        {
            await batch.ExecuteAsync(cancellationToken).ConfigureAwait(false);
            return batch.LastChanged;
        }
    }

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
