namespace CodePool.Internal.InMemory;

/// <summary>What the rows of a pool come to, each code counted by every range that holds its number.</summary>
internal sealed class RowCount
{
    public RowCount(PoolState pool)
    {
        Dictionary<long, int> free = Cover(pool, pool.Returned.Append(new NumberRange(pool.LeasedTo + 1, pool.FilledTo)));
        Dictionary<long, int> open = Cover(pool, pool.OpenLeases.Select(lease => lease.Range));
        Dictionary<long, int> settled = Cover(pool, pool.Leases.Where(lease => !lease.IsOpen).Select(lease => lease.Range));
        foreach (CodeRow row in pool.Codes.Rows)
        {
            Count(
                row.Status,
                free.GetValueOrDefault(row.Number),
                open.GetValueOrDefault(row.Number),
                settled.GetValueOrDefault(row.Number));
        }
    }

    public long Available { get; private set; }

    public long Leased { get; private set; }

    public long Used { get; private set; }

    public long Unconfirmed { get; private set; }

    public long Void { get; private set; }

    public long Overlaps { get; private set; }

    public long Uncovered { get; private set; }

    public long TakenYetFree { get; private set; }

    private static Dictionary<long, int> Cover(PoolState pool, IEnumerable<NumberRange> ranges)
    {
        var cover = new Dictionary<long, int>();
        foreach (long number in ranges.SelectMany(range => range.Numbers()).Where(number => pool.Codes.Find(number) is not null))
            cover[number] = cover.GetValueOrDefault(number) + 1;
        return cover;
    }

    private void Count(CodeStatus status, int free, int open, int settled)
    {
        bool isOpen = status == CodeStatus.Open;
        Used += status == CodeStatus.Used ? 1 : 0;
        Void += status == CodeStatus.Void ? 1 : 0;
        Available += isOpen && free > 0 ? 1 : 0;
        Leased += isOpen && open > 0 ? 1 : 0;
        Unconfirmed += isOpen && settled > 0 ? 1 : 0;
        Overlaps += free + open + settled > 1 ? 1 : 0;
        Uncovered += isOpen && free + open + settled == 0 ? 1 : 0;
        TakenYetFree += !isOpen && free > 0 ? 1 : 0;
    }
}
