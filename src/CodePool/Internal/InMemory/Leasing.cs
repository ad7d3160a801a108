using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>Gives ranges of available codes to an epoch.</summary>
internal static class Leasing
{
    public static LeaseResult Lease(PoolState pool, LeaseRequest request)
    {
        if (Epochs.Find(pool, request.Epoch) is not { Epoch.State: EpochState.Open })
            return new LeaseResult(LeaseOutcome.EpochClosed, [], pool.Available);

        // A retry after an unknown commit must not lease a second time.
        List<LeaseRow> earlier = [.. pool.OpenLeases.Where(lease =>
            lease.Operation == request.Operation && lease.Token == request.Epoch.Token)];
        if (earlier.Count > 0)
            return new LeaseResult(LeaseOutcome.Leased, Untouched(pool, earlier), pool.Available);

        // Lease numbers are never reused: one that somebody knows already was given by a future this database has lost.
        if (pool.NextLease <= request.HighestKnownLease)
            throw new StoreRewoundException(pool.Definition.Name, "a lease number would repeat", request.Epoch.Number);

        List<NumberRange> runs = Choose(pool, request.Count);
        if (runs.Count == 0)
            return new LeaseResult(LeaseOutcome.Empty, [], pool.Available);

        List<Lease> leases = Read(pool, runs);
        Record(pool, request, leases);
        return new LeaseResult(LeaseOutcome.Leased, leases, pool.Available);
    }

    /// <summary>
    /// A lease of which a code is Used was popped from already: what is left is no contiguous run, and is for settling.
    /// </summary>
    public static IReadOnlyList<Lease> Untouched(PoolState pool, IEnumerable<LeaseRow> leases) =>
    [
        .. from lease in leases
           let codes = pool.Codes.ReadOpen(lease.Range)
           where codes is not null
           orderby lease.Number
           select new Lease(lease.Number, lease.Range.First, codes),
    ];

    private static List<NumberRange> Choose(PoolState pool, long wanted)
    {
        var runs = new List<NumberRange>();
        foreach (NumberRange run in pool.Returned.TakeWhile(_ => wanted > 0))
        {
            runs.Add(run.Head(wanted));
            wanted -= runs[^1].Count;
        }

        long fresh = Math.Min(wanted, pool.FilledTo - pool.LeasedTo);
        if (fresh > 0)
            runs.Add(new NumberRange(pool.LeasedTo + 1, pool.LeasedTo + fresh));
        return runs;
    }

    private static List<Lease> Read(PoolState pool, List<NumberRange> runs) =>
    [
        .. runs.Select((run, index) => new Lease(
            pool.NextLease + index,
            run.First,
            // Status open carries promise 1 here: whatever the ranges say, a code that is Used is never leased.
            pool.Codes.ReadOpen(run) ?? throw new CodePoolConfigurationException(
                pool.Definition.Name, $"codes {run.First} to {run.Last} are recorded as available, but not all of them are. Audit the pool."))),
    ];

    private static void Record(PoolState pool, LeaseRequest request, List<Lease> leases)
    {
        foreach (Lease lease in leases)
        {
            var range = new NumberRange(lease.First, lease.Last);
            if (range.First > pool.LeasedTo)
                pool.LeasedTo = range.Last;
            else
                pool.Returned.Remove(range);
            pool.Leases.Add(new LeaseRow(
                pool.NextLease++, range, request.Epoch.Number, request.Epoch.Token, request.Operation, IsOpen: true));
        }
    }
}
