using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>
/// Makes popped codes Used before their callers have them: one transaction, one round trip, whatever the number of codes. A second one only if
/// a run was not confirmed wholly.
/// </summary>
internal static class ConfirmStep
{
    // The operation makes it idempotent: what an earlier attempt changed is this operation's.
    public static async ValueTask<IReadOnlyList<int>> ConfirmAsync(
        PoolContext pool, Epoch epoch, Guid operation, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken)
    {
        var arrays = new CodeArrays(codes);
        if (arrays.FindLongRuns() is { } runs
            && await ConfirmRunsAsync(pool, epoch, operation, arrays, runs, cancellationToken).ConfigureAwait(false) == codes.Count)
        {
            return [.. Enumerable.Range(0, codes.Count)];
        }

        return await ConfirmAsync(pool, epoch, operation, codes, arrays, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// How many of them were changed. All, usually; otherwise it says nothing of any code: the ordinary way asks for each, and
    /// finds what was changed here under this operation.
    /// </summary>
    private static ValueTask<int> ConfirmRunsAsync(
        PoolContext pool, Epoch epoch, Guid operation, CodeArrays arrays, CodeRuns runs, CancellationToken cancellationToken) =>
        pool.TransactOnceAsync(
            Outcome.Idempotent,
            batch => batch
                .Add("confirm.lock", Sql.Value("token", epoch.Token), arrays.Leases)
                .Add("transaction.in_order")
                .Add(
                    "confirm.runs",
                    [
                        .. runs.Parameters, Sql.Value("token", epoch.Token), Sql.Value("operation", operation), Sql.Value("now", pool.Now),
                        Sql.Value("trusted", pool.Trusted),
                    ]),
            async (batch, reader, token) =>
            {
                while (await reader.NextResultAsync(token).ConfigureAwait(false))
                {
                    // To the end: only when COMMIT has answered is it true.
                }

                return batch.Changed(^2);
            },
            cancellationToken);

    private static async ValueTask<IReadOnlyList<int>> ConfirmAsync(
        PoolContext pool, Epoch epoch, Guid operation, IReadOnlyList<LeasedCode> codes, CodeArrays arrays, CancellationToken cancellationToken)
    {
        // Refused here, what the runs got stays Used and undelivered, and is counted as such: a look for it would not wait for the
        // standby, as a commit does.
        List<int> confirmed = await ConfirmEachAsync(pool, epoch, operation, arrays, cancellationToken).ConfigureAwait(false);

        // Rare: a lease was settled, or an earlier attempt of this operation was still under way.
        if (confirmed.Count == codes.Count)
            return confirmed;
        List<int> own = await FindOwnAsync(pool, operation, arrays, cancellationToken).ConfigureAwait(false);
        var numbers = confirmed.Select(place => codes[place].Number).ToHashSet();
        return [.. confirmed.Concat(own.Where(place => !numbers.Contains(codes[place].Number))).Order()];
    }

    private static ValueTask<List<int>> ConfirmEachAsync(
        PoolContext pool, Epoch epoch, Guid operation, CodeArrays arrays, CancellationToken cancellationToken) => pool.TransactOnceAsync(
        Outcome.Idempotent,
        batch => batch
            .Add("confirm.lock", Sql.Value("token", epoch.Token), arrays.Leases)
            .Add(
                "confirm.confirm",
                arrays.Leases, arrays.CodeLeases, arrays.Ids, arrays.Codes, Sql.Value("token", epoch.Token),
                Sql.Value("operation", operation), Sql.Value("now", pool.Now), Sql.Value("trusted", pool.Trusted))
            .Add("transaction.guard"),
        (_, reader, token) => ReadAsync(pool, reader, arrays.Places, token),
        cancellationToken);

    private static ValueTask<List<int>> FindOwnAsync(
        PoolContext pool, Guid operation, CodeArrays arrays, CancellationToken cancellationToken) => pool.ReadAsync(
        async (connection, token) =>
        {
            PostgresBatch batch = pool.Batch(connection)
                .Add("transaction.settings").Add("confirm.own", arrays.Ids, arrays.Codes, Sql.Value("operation", operation));
            await using (batch.ConfigureAwait(false))
            {
                NpgsqlDataReader reader = await batch.ReadAsync(token).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    await reader.NextResultAsync(token).ConfigureAwait(false);
                    return await ReadPlacesAsync(reader, arrays.Places, token).ConfigureAwait(false);
                }
            }
        },
        cancellationToken);

    private static async ValueTask<List<int>> ReadAsync(
        PoolContext pool, NpgsqlDataReader reader, int[] places, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        List<int> confirmed = await ReadPlacesAsync(reader, places, cancellationToken).ConfigureAwait(false);

        // Says why nothing was changed; the statement before asked the same for itself.
        await reader.NextRowAsync(cancellationToken).ConfigureAwait(false);
        if (confirmed.Count == 0)
            Guard.Read(reader, pool).RequireSound(pool);
        return confirmed;
    }

    private static async ValueTask<List<int>> ReadPlacesAsync(NpgsqlDataReader reader, int[] places, CancellationToken cancellationToken)
    {
        var confirmed = new List<int>(places.Length);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            confirmed.Add(places[reader.GetInt32(0)]);
        confirmed.Sort();
        return confirmed;
    }
}
