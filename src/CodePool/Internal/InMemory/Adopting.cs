namespace CodePool.Internal.InMemory;

/// <summary>Writes down codes that were handed out and that the store has forgotten.</summary>
internal static class Adopting
{
    public static int Adopt(PoolState pool, IReadOnlyList<string> codes, DateTimeOffset now) =>
        codes.Count(code => AdoptOne(pool, code, now));

    private static bool AdoptOne(PoolState pool, string code, DateTimeOffset now)
    {
        CodeRow? row = pool.Codes.Find(code);
        if (row is { Status: not CodeStatus.Open })
            return false;

        if (row is null || row.Number > pool.LeasedTo)
            ReturnTheRest(pool);
        if (row is null)
        {
            Insert(pool, code, now);
            return true;
        }

        Use(pool, row, now);
        return false;
    }

    private static void Use(PoolState pool, CodeRow row, DateTimeOffset now)
    {
        row.Use(now);
        if (pool.OpenLeases.Any(lease => lease.Range.Contains(row.Number)))
            return;

        pool.SettledUsed++;
        if (pool.Returned.Contains(row.Number))
            pool.Returned.Remove(new NumberRange(row.Number, row.Number));
        else
            pool.SettledUnconfirmed--;
    }

    private static void Insert(PoolState pool, string code, DateTimeOffset now)
    {
        pool.Codes.Add(new CodeRow(pool.FilledTo + 1, code, CodeStatus.Used, now));
        pool.LeasedTo = ++pool.FilledTo;
        pool.SettledUsed++;
    }

    /// <summary>So that a single code above the cursor can be taken out: only runs have holes, the cursor has none.</summary>
    private static void ReturnTheRest(PoolState pool)
    {
        if (pool.LeasedTo < pool.FilledTo)
            pool.Returned.Add(new NumberRange(pool.LeasedTo + 1, pool.FilledTo));
        pool.LeasedTo = pool.FilledTo;
    }
}
