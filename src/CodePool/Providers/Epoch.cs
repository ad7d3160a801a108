namespace CodePool.Providers;

/// <summary>One opening of a Redis replication history, or one application process.</summary>
/// <param name="Number">Monotone, but a database that went back in time may repeat it.</param>
/// <param name="Token">128 random bits: what really identifies the epoch and its leases.</param>
/// <param name="Kind">What it is an opening of.</param>
/// <param name="CacheIdentity">The replication id, or host and process.</param>
/// <param name="Consistency">The pool's consistency when it was opened.</param>
/// <param name="State">Where it is in its life.</param>
/// <param name="Beats">Heartbeats counted: one that stands still tells a dead owner, without any clock.</param>
public sealed record Epoch(
    long Number,
    Guid Token,
    EpochKind Kind,
    string CacheIdentity,
    CodeConsistency Consistency,
    EpochState State,
    long Beats);
