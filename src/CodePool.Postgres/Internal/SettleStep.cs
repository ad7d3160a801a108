using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Ends leases: what is left of them is returned, or becomes Unconfirmed.</summary>
internal sealed class SettleStep(PoolContext pool)
{
    private readonly record struct Owner(EpochState State, CodeConsistency Consistency, EpochCloseReason Reason);

    private readonly record struct OpenLease(long Number, NumberRun Run);

    public ValueTask<SettleResult> SettleAsync(Epoch epoch, IReadOnlyList<LeaseSettlement> leases, CancellationToken cancellationToken)
    {
        var unseenFrom = new Dictionary<long, long>();
        foreach (LeaseSettlement lease in leases)
            unseenFrom.TryAdd(lease.Lease, lease.UnseenFrom);
        return pool.TransactAsync(
            Outcome.Idempotent, (transaction, token) => SettleAsync(transaction, epoch, unseenFrom, token), cancellationToken);
    }

    public ValueTask<SettleResult> SettleClosedAsync(Epoch epoch, CancellationToken cancellationToken) => pool.TransactAsync(
        Outcome.Idempotent, (transaction, token) => SettleAsync(transaction, epoch, null, token), cancellationToken);

    /// <param name="transaction">The transaction.</param>
    /// <param name="epoch">The leases' epoch.</param>
    /// <param name="unseenFrom">By lease; null: every lease, if the epoch is closed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    private async ValueTask<SettleResult> SettleAsync(
        PostgresTransaction transaction, Epoch epoch, Dictionary<long, long>? unseenFrom, CancellationToken cancellationToken)
    {
        (Owner? owner, List<OpenLease> leases) = await LockAsync(transaction, epoch, unseenFrom, cancellationToken).ConfigureAwait(false);
        if (leases.Count == 0 || (unseenFrom is null && owner?.State != EpochState.Closed))
            return default;

        // Recorded as Confirmed: nothing was handed out without this store, so what is open was not. The caller's word does not count.
        bool confirmed = owner?.Consistency == CodeConsistency.Confirmed;
        var left = new Leftovers();
        await ReadAsync(
            transaction, leases, left,
            lease => confirmed ? 0 : unseenFrom?.GetValueOrDefault(lease, long.MaxValue) ?? long.MaxValue,
            cancellationToken).ConfigureAwait(false);
        await SettleWrite.WriteAsync(
            transaction, epoch, [.. leases.Select(lease => lease.Number)], left, BurnReason(owner), cancellationToken).ConfigureAwait(false);
        return new SettleResult(leases.Count, left.ReturnedCount, left.UnconfirmedCount);
    }

    /// <summary>An owner may settle while its epoch is still open.</summary>
    private static EpochCloseReason BurnReason(Owner? owner) =>
        owner is { Reason: not EpochCloseReason.None and var reason } ? reason : EpochCloseReason.Stopped;

    private async ValueTask<(Owner? Owner, List<OpenLease> Leases)> LockAsync(
        PostgresTransaction transaction, Epoch epoch, Dictionary<long, long>? unseenFrom, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.DurableBatch()
            .Add("transaction.guard")
            .Add("settle.lock_epoch", Sql.Value("epoch", epoch.Number), Sql.Value("token", epoch.Token))
            .Add(
                "settle.lock_leases",
                Sql.Value("token", epoch.Token), Sql.Value("every", unseenFrom is null), Sql.Value("leases", unseenFrom?.Keys.ToArray() ?? []));
        await using (batch.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.NextRowAsync(cancellationToken).ConfigureAwait(false);
                Guard.Read(reader, pool).RequireSound(pool);
                Owner? owner = await reader.NextRowAsync(cancellationToken).ConfigureAwait(false)
                    ? new Owner((EpochState)reader.GetInt16(0), (CodeConsistency)reader.GetInt16(1), (EpochCloseReason)reader.GetInt16(2))
                    : null;
                var leases = new List<OpenLease>();
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    leases.Add(new OpenLease(reader.GetInt64(0), new NumberRun(reader.GetInt64(1), reader.GetInt64(2))));
                return (owner, leases);
            }
        }
    }

    private static async ValueTask ReadAsync(
        PostgresTransaction transaction, List<OpenLease> leases, Leftovers left, Func<long, long> unseenFrom, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.Batch().Add(
            "settle.read",
            Sql.Value("leases", leases.Select(lease => lease.Number).ToArray()),
            Sql.Value("firsts", leases.Select(lease => lease.Run.First).ToArray()),
            Sql.Value("lasts", leases.Select(lease => lease.Run.Last).ToArray()));
        await using (batch.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    long lease = reader.GetInt64(0);
                    left.Add(lease, reader.GetInt64(1), reader.GetInt16(2), unseenFrom(lease));
                }
            }
        }
    }
}
