using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>Where codes are, from the counters and the ranges of open leases only.</summary>
internal static class Counting
{
    public static StoreLevels Levels(PoolState pool) => new(
        pool.FilledTo,
        pool.Available,
        InOpenLeases(pool, CodeStatus.Open),
        pool.SettledUsed + InOpenLeases(pool, CodeStatus.Used),
        pool.SettledUnconfirmed,
        pool.SettledVoid + InOpenLeases(pool, CodeStatus.Void),
        new Dictionary<EpochCloseReason, long>(pool.Burned));

    public static CodeState StateOf(PoolState pool, CodeRow row) => row.Status switch
    {
        CodeStatus.Used => CodeState.Used,
        CodeStatus.Void => CodeState.Void,
        _ when row.Number > pool.LeasedTo || pool.Returned.Contains(row.Number) => CodeState.Available,
        _ when pool.OpenLeases.Any(lease => lease.Range.Contains(row.Number)) => CodeState.Leased,
        _ => CodeState.Unconfirmed,
    };

    public static long InOpenLeases(PoolState pool, CodeStatus status) =>
        pool.OpenLeases.Sum(lease => pool.Codes.CountIn(lease.Range, status));
}
