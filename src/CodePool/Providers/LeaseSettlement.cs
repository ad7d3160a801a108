namespace CodePool.Providers;

/// <summary>A lease to settle by its living owner.</summary>
/// <param name="Lease">The lease's number.</param>
/// <param name="UnseenFrom">Codes from this number on were never shown to anyone; <see cref="long.MaxValue"/> when all may have been.</param>
public readonly record struct LeaseSettlement(long Lease, long UnseenFrom = long.MaxValue);
