using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>The epoch locked shared, the pool locked, and what was read after that: all in one round trip.</summary>
internal sealed class LeaseLock
{
    public bool IsOpen { get; private set; }

    public long LeasedTo { get; private set; }

    public long NextLease { get; private set; }

    public long FilledTo { get; private set; }

    public long Available { get; private set; }

    /// <summary>The lowest returned runs, enough of them.</summary>
    public List<NumberRun> Returned { get; } = [];

    /// <summary>Whether this operation has leased before.</summary>
    public bool IsRepeated { get; private set; }

    /// <summary>The leases of the first attempt, those that are untouched.</summary>
    public IReadOnlyList<Lease> Earlier { get; private set; } = [];

    /// <summary>What the cursor stands before: read only if no runs were returned, which go first.</summary>
    public RunText Next { get; private set; }

    public static async ValueTask<LeaseLock> TakeAsync(
        PoolContext pool, PostgresTransaction transaction, LeaseRequest request, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.DurableBatch()
            .Add("lease.lock_epoch", Sql.Value("epoch", request.Epoch.Number), Sql.Value("token", request.Epoch.Token))
            .Add("lease.lock_pool")
            .Add("lease.level", Sql.Value("count", request.Count))
            .Add("lease.returned", Sql.Value("count", request.Count))
            .Add("lease.earlier", Sql.Value("token", request.Epoch.Token), Sql.Value("operation", request.Operation));
        await using (batch.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var locked = new LeaseLock();
                await locked.ReadAsync(pool, reader, request.Count, cancellationToken).ConfigureAwait(false);
                return locked;
            }
        }
    }

    private async ValueTask ReadAsync(PoolContext pool, NpgsqlDataReader reader, int wanted, CancellationToken cancellationToken)
    {
        IsOpen = await reader.NextRowAsync(cancellationToken).ConfigureAwait(false)
            && (EpochState)reader.GetInt16(0) == EpochState.Open;

        await reader.NextRowAsync(cancellationToken).ConfigureAwait(false);
        Guard.Read(reader, pool).RequireSound(pool);
        LeasedTo = reader.GetInt64(3);
        NextLease = reader.GetInt64(4);

        await reader.NextRowAsync(cancellationToken).ConfigureAwait(false);
        FilledTo = reader.GetInt64(0);
        Available = FilledTo - LeasedTo + reader.GetInt64(1);
        Next = RunText.Read(reader, 2, new NumberRun(LeasedTo + 1, Math.Min(LeasedTo + wanted, FilledTo)));

        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            Returned.Add(new NumberRun(reader.GetInt64(0), reader.GetInt64(1)));

        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        (Earlier, IsRepeated) = await OpenLeases.ReadAsync(reader, cancellationToken).ConfigureAwait(false);
    }
}
