namespace CodePool.Providers;

/// <summary>How much a cache holds.</summary>
/// <param name="Cached">Codes ready to be popped.</param>
/// <param name="Journaled">Codes taken whose mark has not reached the store.</param>
public readonly record struct CacheLevels(long Cached, long Journaled);
