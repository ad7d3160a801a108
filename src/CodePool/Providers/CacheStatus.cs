namespace CodePool.Providers;

/// <summary>What a cache answered.</summary>
public enum CacheStatus
{
    /// <summary>Done.</summary>
    Ok,

    /// <summary>It was there already; nothing changed.</summary>
    Duplicate,

    /// <summary>There is no room; the lease stays open and pending.</summary>
    Full,

    /// <summary>The epoch is not this cache's: nothing was touched, and the epoch must be replaced.</summary>
    Fenced,
}
