using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Writes down codes that were handed out and that the store has forgotten.</summary>
internal sealed class AdoptStep(PoolContext pool)
{
    // A second time finds every code Used.
    public ValueTask<int> AdoptAsync(IReadOnlyList<string> codes, CancellationToken cancellationToken) =>
        pool.TransactAsync(
            Outcome.Idempotent,
            (transaction, token) => AdoptAsync(transaction, [.. codes.Distinct(StringComparer.Ordinal)], token),
            cancellationToken);

    private async ValueTask<int> AdoptAsync(PostgresTransaction transaction, string[] codes, CancellationToken cancellationToken)
    {
        // Fill, leases, codes, pool, returned: in this order, as everybody locks.
        (long filledTo, Dictionary<int, long> known) = await FindAsync(transaction, codes, cancellationToken).ConfigureAwait(false);
        List<long> used = await UseAsync(transaction, [.. known.Values.Order()], cancellationToken).ConfigureAwait(false);
        string[] unknown = [.. codes.Where((_, place) => !known.ContainsKey(place))];
        if (used.Count > 0 || unknown.Length > 0)
            await new AdoptWrite(transaction, pool.Now).WriteAsync(filledTo, used, unknown, cancellationToken).ConfigureAwait(false);
        return unknown.Length;
    }

    private static async ValueTask<(long FilledTo, Dictionary<int, long> Known)> FindAsync(
        PostgresTransaction transaction, string[] codes, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.DurableBatch().Add("fill.turn").Add("fill.line").Add("fill.lock").Add("adopt.find", Sql.Value("codes", codes));
        await using (batch.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                await reader.NextRowAsync(cancellationToken).ConfigureAwait(false);
                long filledTo = reader.GetInt64(0);
                var known = new Dictionary<int, long>();
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    known.Add(reader.GetInt32(0), reader.GetInt64(1));
                return (filledTo, known);
            }
        }
    }

    /// <summary>The numbers of those that were open until now.</summary>
    private async ValueTask<List<long>> UseAsync(PostgresTransaction transaction, long[] ids, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.Batch()
            .Add("adopt.lock_leases", Sql.Value("ids", ids))
            .Add("adopt.use", Sql.Value("ids", ids), Sql.Value("now", pool.Now));
        await using (batch.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var used = new List<long>();
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    used.Add(reader.GetInt64(0));
                return used;
            }
        }
    }
}
