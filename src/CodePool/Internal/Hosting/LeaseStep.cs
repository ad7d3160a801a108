namespace CodePool.Internal.Hosting;

/// <summary>What became of one refill.</summary>
internal enum LeaseStep
{
    /// <summary>The lease is in the cache, or the epoch was found closed: there may be more.</summary>
    Done,

    /// <summary>The store has no more codes.</summary>
    StoreEmpty,

    /// <summary>The cache took no more: it is full, or fenced. What was leased stays pending.</summary>
    Refused,
}
