using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Keeps the sum when codes become Used outside of a lease, or appear.</summary>
internal sealed class AdoptWrite(PostgresTransaction transaction, DateTime now)
{
    private readonly record struct Places(HashSet<long> Leased, List<NumberRun> Returned);

    public async ValueTask WriteAsync(long filledTo, List<long> used, string[] unknown, CancellationToken cancellationToken)
    {
        long leasedTo = await LockPoolAsync(cancellationToken).ConfigureAwait(false);

        // So that a single code above the cursor can be taken out: only runs have holes, the cursor has none.
        bool moves = unknown.Length > 0 || used.Exists(id => id > leasedTo);
        Places places = await FindPlacesAsync(moves && leasedTo < filledTo ? new NumberRun(leasedTo + 1, filledTo) : null, used, cancellationToken)
            .ConfigureAwait(false);
        List<long> returned = used.FindAll(id => places.Returned.Exists(run => run.Contains(id)));
        List<NumberRun> rest = Cut(places.Returned, returned);
        long settled = used.Count - used.Count(places.Leased.Contains) + unknown.Length;

        PostgresBatch batch = transaction.Batch();
        await using (batch.ConfigureAwait(false))
        {
            if (unknown.Length > 0)
            {
                batch.Add("adopt.insert", Ids("ids", filledTo + 1, unknown.Length), Sql.Value("codes", unknown), Sql.Value("now", now));
                batch.Add("fill.advance", Sql.Value("filled_to", filledTo + unknown.Length));
            }

            batch.Add(
                "adopt.move",
                Sql.Value("leased_to", moves ? filledTo + unknown.Length : leasedTo),
                Sql.Value("used", settled),
                Sql.Value("late", settled - unknown.Length - returned.Count));
            batch.Add("adopt.cut_returned", Sql.Value("firsts", places.Returned.Select(run => run.First).ToArray()));
            batch.Add(
                "adopt.keep_returned",
                Sql.Value("firsts", rest.Select(run => run.First).ToArray()), Sql.Value("lasts", rest.Select(run => run.Last).ToArray()));
            await batch.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<long> LockPoolAsync(CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.Batch().Add("adopt.lock_pool");
        await using (batch.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                return reader.GetInt64(0);
            }
        }
    }

    private async ValueTask<Places> FindPlacesAsync(NumberRun? aboveCursor, List<long> used, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.Batch();
        await using (batch.ConfigureAwait(false))
        {
            if (aboveCursor is { } run)
                batch.Add("settle.insert_returned", Sql.Value("firsts", new[] { run.First }), Sql.Value("lasts", new[] { run.Last }));
            batch.Add("adopt.leased", Sql.Value("ids", used.ToArray())).Add("adopt.returned", Sql.Value("ids", used.ToArray()));
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var places = new Places([], []);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    places.Leased.Add(reader.GetInt64(0));
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    places.Returned.Add(new NumberRun(reader.GetInt64(0), reader.GetInt64(1)));
                return places;
            }
        }
    }

    /// <summary>What is left of runs when numbers are taken out.</summary>
    private static List<NumberRun> Cut(List<NumberRun> runs, List<long> numbers)
    {
        var rest = new List<NumberRun>();
        foreach (NumberRun run in runs)
        {
            long first = run.First;
            foreach (long number in numbers.Where(run.Contains).Order())
            {
                if (first < number)
                    rest.Add(new NumberRun(first, number - 1));
                first = number + 1;
            }

            if (first <= run.Last)
                rest.Add(run with { First = first });
        }

        return rest;
    }

    private static NpgsqlParameter Ids(string name, long first, int count) =>
        Sql.Value(name, Enumerable.Range(0, count).Select(index => first + index).ToArray());
}
