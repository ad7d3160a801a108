using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>Makes popped codes Used before their callers have them.</summary>
internal static class Confirming
{
    public static IReadOnlyList<int> Confirm(
        PoolState pool, Epoch epoch, Guid operation, IReadOnlyList<LeasedCode> codes, DateTimeOffset now)
    {
        var confirmed = new List<int>();
        var seen = new HashSet<long>();
        for (int index = 0; index < codes.Count; index++)
        {
            if (MayHandOut(pool, epoch, operation, codes[index], now) && seen.Add(codes[index].Number))
                confirmed.Add(index);
        }

        return confirmed;
    }

    private static bool MayHandOut(PoolState pool, Epoch epoch, Guid operation, LeasedCode code, DateTimeOffset now)
    {
        if (pool.Codes.Find(code.Number, code.Code) is not { } row)
            return false;

        // The operation's own earlier attempt, whose answer was lost; its lease may have been settled since.
        if (row.Status != CodeStatus.Open)
            return row.Status == CodeStatus.Used && row.Operation == operation;

        // Status open carries promise 1. The lease being open carries the sum: what is left of a settled one was counted elsewhere.
        if (!pool.OpenLeases.Any(lease => lease.Is(code.Lease, epoch.Token) && lease.Range.Contains(code.Number)))
            return false;

        row.Use(now, operation);
        return true;
    }
}
