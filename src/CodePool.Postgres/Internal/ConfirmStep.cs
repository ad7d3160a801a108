using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Makes popped codes Used before their callers have them: one transaction, one round trip, whatever the number of codes.</summary>
internal static class ConfirmStep
{
    // The operation makes it idempotent: what an earlier attempt changed is this operation's.
    public static ValueTask<IReadOnlyList<int>> ConfirmAsync(
        PoolContext pool, Epoch epoch, Guid operation, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken)
    {
        var arrays = new CodeArrays(codes);
        return pool.TransactOnceAsync(
            Outcome.Idempotent,
            batch => batch
                .Add("confirm.lock", Sql.Value("token", epoch.Token), arrays.Leases)
                .Add(
                    "confirm.confirm",
                    arrays.CodeLeases, arrays.Ids, arrays.Codes, Sql.Value("token", epoch.Token),
                    Sql.Value("operation", operation), Sql.Value("now", pool.Now), Sql.Value("trusted", pool.Trusted))
                .Add("transaction.guard"),
            (_, reader, token) => ReadAsync(pool, reader, arrays.Places, token),
            cancellationToken);
    }

    private static async ValueTask<IReadOnlyList<int>> ReadAsync(
        PoolContext pool, NpgsqlDataReader reader, int[] places, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        var confirmed = new List<int>(places.Length);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            confirmed.Add(places[reader.GetInt32(0)]);
        confirmed.Sort();

        // Says why nothing was changed; the statement before asked the same for itself.
        await reader.NextRowAsync(cancellationToken).ConfigureAwait(false);
        if (confirmed.Count == 0)
            Guard.Read(reader, pool).RequireSound(pool);
        return confirmed;
    }
}
