namespace CodePool.Providers;

/// <summary>What a cache answered.</summary>
public enum CacheStatus
{
    /// <summary>Done.</summary>
    Ok,

    /// <summary>It was there already; nothing changed.</summary>
    Duplicate,

    /// <summary>There is no room. A push: the lease stays open and pending. A pop: the journal has reached its bound, and nothing was popped.</summary>
    Full,

    /// <summary>The epoch is not this cache's: nothing was touched, and the epoch must be replaced.</summary>
    Fenced,
}
