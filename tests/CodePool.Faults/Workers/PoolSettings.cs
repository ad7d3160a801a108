namespace CodePool.Faults.Workers;

/// <summary>A pool whose steps come so often that a fault meets each of them.</summary>
internal static class PoolSettings
{
    /// <summary>What the dead are noticed by.</summary>
    public static readonly TimeSpan EpochTimeout = TimeSpan.FromSeconds(5);

    public static void Apply(CodePoolOptions options, CodeConsistency consistency)
    {
        options.Consistency = consistency;
        (options.StoreMinThreshold, options.StoreTargetSize) = (50_000, 100_000);
        (options.CacheMinThreshold, options.CacheRefillBatch) = (1_000, 500);
        options.MonitorInterval = TimeSpan.FromMilliseconds(200);
        options.EpochTimeout = EpochTimeout;
    }
}
