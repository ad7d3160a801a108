using CodePool.Providers;

namespace CodePool.Sqlite.Internal;

/// <summary>Counts the rows, each by the ranges that hold it, and compares the counters with that.</summary>
internal static class Auditing
{
    public static CodePoolAudit Audit(Transaction transaction)
    {
        Rows rows = transaction.Query("audit-rows", row => new Rows(
            row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5)))[0];
        Dictionary<(Holder, CodeStatus), long> held = transaction
            .Query("audit-ranges", row => KeyValuePair.Create(
                ((Holder)row.GetInt32(0), (CodeStatus)row.GetInt32(1)), row.GetInt64(2)))
            .ToDictionary();
        var audit = new CodePoolAudit(
            rows.Count, Open(Holder.Free), Open(Holder.OpenLease), rows.Used, Open(Holder.Settled), rows.Void, []);
        return audit with
        {
            Findings = [.. Findings(transaction, rows, held, audit)
                .Where(finding => finding.Count != 0).Select(finding => $"{finding.Count} {finding.What}")],
        };

        long Open(Holder holder) => held.GetValueOrDefault((holder, CodeStatus.Open));
    }

    private static IEnumerable<(long Count, string What)> Findings(
        Transaction transaction, Rows rows, Dictionary<(Holder, CodeStatus), long> held, CodePoolAudit audit)
    {
        StoreLevels levels = Counting.Levels(transaction);
        yield return (rows.Highest - rows.Count, "numbers are missing between 1 and the highest");
        yield return (rows.Lowest - 1, "numbers are missing before the lowest");
        yield return (transaction.Pool.FilledTo - rows.Highest, "more codes are recorded as stored than the highest number says");
        yield return (Count(transaction, "audit-overlaps"),
            "ranges overlap: open leases, settled leases, returned runs and what is above the cursor must not");
        yield return (rows.Open - audit.Available - audit.Leased - audit.Unconfirmed,
            "open codes below the cursor are in no lease and no returned run");
        yield return (held.GetValueOrDefault((Holder.Free, CodeStatus.Used)) + held.GetValueOrDefault((Holder.Free, CodeStatus.Void)),
            "codes are recorded as available, but are Used or Void");
        yield return (levels.Available - audit.Available, "more codes are available by the counters than by the rows");
        yield return (levels.Used - audit.Used, "more codes are Used by the counters than by the rows");
        yield return (levels.Unconfirmed - audit.Unconfirmed, "more codes are Unconfirmed by the counters than by the rows");
        yield return (levels.Void - audit.Void, "more codes are Void by the counters than by the rows");
        yield return (Count(transaction, "audit-orphans"), "leases belong to an unknown epoch");
    }

    private static long Count(Transaction transaction, string name) => transaction.Query(name, row => row.GetInt64(0))[0];

    /// <summary>The kinds of ranges, as audit-ranges.sql numbers them.</summary>
    private enum Holder
    {
        Free,
        OpenLease,
        Settled,
    }

    private sealed record Rows(long Count, long Lowest, long Highest, long Open, long Used, long Void);
}
