using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>Counts the rows, each by the ranges that hold it, and compares the counters with that.</summary>
internal static class Auditing
{
    public static CodePoolAudit Audit(PoolState pool)
    {
        var rows = new RowCount(pool);
        return new CodePoolAudit(
            pool.Codes.Rows.Count, rows.Available, rows.Leased, rows.Used, rows.Unconfirmed, rows.Void,
            [.. Findings(pool, rows).Where(finding => finding.Count != 0).Select(finding => $"{finding.Count} {finding.What}")]);
    }

    private static IEnumerable<(long Count, string What)> Findings(PoolState pool, RowCount rows)
    {
        StoreLevels levels = Counting.Levels(pool);
        long highest = pool.Codes.Rows.Select(row => row.Number).DefaultIfEmpty().Max();
        yield return (highest - pool.Codes.Rows.Count, "numbers are missing between 1 and the highest");
        yield return (pool.FilledTo - highest, "more codes are recorded as stored than the highest number says");
        yield return (rows.Overlaps, "numbers are in two places: open leases, settled leases, returned runs and what is above the cursor must not overlap");
        yield return (rows.Uncovered, "open codes below the cursor are in no lease and no returned run");
        yield return (rows.TakenYetFree, "codes are recorded as available, but are Used or Void");
        yield return (levels.Available - rows.Available, "more codes are available by the counters than by the rows");
        yield return (levels.Used - rows.Used, "more codes are Used by the counters than by the rows");
        yield return (levels.Unconfirmed - rows.Unconfirmed, "more codes are Unconfirmed by the counters than by the rows");
        yield return (levels.Void - rows.Void, "more codes are Void by the counters than by the rows");
        yield return (pool.Leases.Count(lease => IsOrphan(pool, lease)), "leases belong to an unknown epoch");
    }

    private static bool IsOrphan(PoolState pool, LeaseRow lease) =>
        !lease.IsRecovery && (!pool.Epochs.TryGetValue(lease.Epoch, out EpochRow? epoch) || epoch.Epoch.Token != lease.Token);
}
