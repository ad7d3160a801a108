using CodePool.Faults.Running;

namespace CodePool.Faults.Workers;

/// <summary>A pool whose steps come so often that a fault meets each of them.</summary>
/// <param name="Consistency">The pool's.</param>
/// <param name="IsDense">Whether its keyspace is so small that what the store has forgotten is drawn again, and its store so small that it has forgotten some.</param>
internal sealed record PoolSettings(CodeConsistency Consistency, bool IsDense)
{
    /// <summary>What the dead are noticed by.</summary>
    public static readonly TimeSpan EpochTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Available codes that it is filled up to.</summary>
    public int Target => IsDense ? 2_000 : 100_000;

    /// <summary>Takes a second in each worker. A dense store is filled more slowly, and one that is empty lets nobody confirm ahead.</summary>
    public int Rate => IsDense ? 1_500 : 6_000;

    /// <summary>What lies in the store, in the cache and ahead of two workers' callers at most: after so many more takes all of it was generated since.</summary>
    public int Turnover => Target + 1_500 + (2 * FaultRun.Ahead);

    public void Apply(CodePoolOptions options)
    {
        options.Consistency = Consistency;
        (options.StoreMinThreshold, options.StoreTargetSize) = (Target / 2, Target);
        (options.CacheMinThreshold, options.CacheRefillBatch) = (1_000, 500);
        options.MonitorInterval = TimeSpan.FromMilliseconds(200);
        options.EpochTimeout = EpochTimeout;
        if (IsDense)
            (options.Alphabet, options.CodeLength, options.AllowGuessableCodes) = ("ABCDEFGHJKLMNPQRSTUVWXYZ", 4, true);
    }
}
