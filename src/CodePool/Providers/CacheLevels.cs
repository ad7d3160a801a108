namespace CodePool.Providers;

/// <summary>How much a cache holds.</summary>
/// <param name="Cached">Codes ready to be popped.</param>
/// <param name="Journaled">Codes taken whose mark has not reached the store.</param>
/// <param name="HighestLease">The highest lease number it knows of this pool, 0 if none: a store that would give a lower one went back in time.</param>
public readonly record struct CacheLevels(long Cached, long Journaled, long HighestLease = 0);
