namespace CodePool.Providers;

/// <summary>What a cache says of itself, whoever's epoch is open in it.</summary>
/// <param name="Identity">What the fence compares: Redis' replication id, or host and process.</param>
/// <param name="Token">The token of the epoch that is open in it; <see cref="Guid.Empty"/> when there is none.</param>
/// <param name="HighestEpoch">The highest epoch number it knows of this pool, 0 if none: a store that would give a lower one went back in time.</param>
/// <param name="HighestLease">The highest lease number it knows of this pool, 0 if none.</param>
/// <param name="Frozen">Closed epochs whose journals are still there, to be marked and dropped.</param>
/// <param name="Problems">What an operator should mend, a sentence each; for the health check.</param>
public sealed record CacheView(
    string Identity,
    Guid Token,
    long HighestEpoch,
    long HighestLease,
    IReadOnlyList<Epoch> Frozen,
    IReadOnlyList<string> Problems);
