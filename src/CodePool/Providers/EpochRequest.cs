namespace CodePool.Providers;

/// <summary>An epoch to insert.</summary>
/// <param name="Kind">What it is an opening of.</param>
/// <param name="Token">128 random bits, made by the caller.</param>
/// <param name="CacheIdentity">The replication id, or host and process.</param>
/// <param name="HighestKnownEpoch">The highest epoch number the caller remembers; a store that would give a lower one went back in time.</param>
/// <param name="Replaces">For a shared epoch: the number of the one it replaces, 0 if there is none.</param>
/// <param name="OnlyOpening">For a shared epoch: replaces that one only if it still is opening. Who opened it may be slow, and alive.</param>
public sealed record EpochRequest(
    EpochKind Kind,
    Guid Token,
    string CacheIdentity,
    long HighestKnownEpoch = 0,
    long Replaces = 0,
    bool OnlyOpening = false);
