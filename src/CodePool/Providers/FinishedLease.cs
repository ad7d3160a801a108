namespace CodePool.Providers;

/// <summary>A lease of which a cache holds nothing any more.</summary>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Lease">Its number.</param>
public readonly record struct FinishedLease(Epoch Epoch, long Lease);
