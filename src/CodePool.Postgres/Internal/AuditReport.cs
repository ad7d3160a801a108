using System.Globalization;

namespace CodePool.Postgres.Internal;

/// <summary>Compares counted rows with counters and ranges.</summary>
internal sealed class AuditReport(AuditCounters counters, List<AuditRange> ranges, List<AuditCount> counts)
{
    private const short Open = 0;
    private const short Used = 1;
    private const short Void = 2;

    private long Generated => counts.Sum(count => count.Codes);

    public CodePoolAudit ToAudit() => new(
        Generated, In(AuditRange.Available, Open), In(AuditRange.Leased, Open), WithStatus(Used), In(AuditRange.Settled, Open), WithStatus(Void),
        [.. Findings().Where(finding => finding.Count != 0).Select(finding => string.Create(CultureInfo.InvariantCulture, $"{finding.Count} {finding.What}"))]);

    private IEnumerable<(long Count, string What)> Findings()
    {
        long returned = ranges.Where(range => range.Place == AuditRange.Available && range.First <= counters.LeasedTo).Sum(range => range.Last - range.First + 1);
        yield return (counters.Highest - Generated, "numbers are missing between 1 and the highest");
        yield return (counters.FilledTo - counters.Highest, "more codes are recorded as stored than the highest number says");
        yield return (Overlaps(), "numbers are in two places: open leases, settled leases, returned runs and what is above the cursor must not overlap");
        yield return (Uncovered(), "open codes below the cursor are in no lease and no returned run");
        yield return (In(AuditRange.Available, Used) + In(AuditRange.Available, Void), "codes are recorded as available, but are Used or Void");
        yield return (counters.FilledTo - counters.LeasedTo + returned - In(AuditRange.Available, Open), "more codes are available by the counters than by the rows");
        yield return (counters.SettledUsed + In(AuditRange.Leased, Used) - WithStatus(Used), "more codes are Used by the counters than by the rows");
        yield return (counters.SettledUnconfirmed - In(AuditRange.Settled, Open), "more codes are Unconfirmed by the counters than by the rows");
        yield return (counters.SettledVoid + In(AuditRange.Leased, Void) - WithStatus(Void), "more codes are Void by the counters than by the rows");
        yield return (counters.Orphans, "leases belong to an unknown epoch");
    }

    private long WithStatus(short status) => counts.Where(count => count.Status == status).Sum(count => count.Codes);

    private long In(int place, short status) => counts
        .Where(count => count.Status == status && count.Inside == true && ranges[count.Range - 1].Place == place)
        .Sum(count => count.Codes);

    private long Uncovered() => counts.Where(count => count.Status == Open && count.Inside != true).Sum(count => count.Codes);

    private long Overlaps()
    {
        long overlaps = 0, end = 0;
        foreach (AuditRange range in ranges)
        {
            overlaps += Math.Max(0, Math.Min(end, range.Last) - range.First + 1);
            end = Math.Max(end, range.Last);
        }

        return overlaps;
    }
}
