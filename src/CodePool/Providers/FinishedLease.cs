namespace CodePool.Providers;

/// <summary>A lease of which a cache holds nothing any more.</summary>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Lease">Its number.</param>
/// <param name="UnseenFrom">Codes from this number on were never shown to anyone; <see cref="long.MaxValue"/> when all may have been.</param>
public readonly record struct FinishedLease(Epoch Epoch, long Lease, long UnseenFrom = long.MaxValue);
