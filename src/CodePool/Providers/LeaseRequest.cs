namespace CodePool.Providers;

/// <summary>Codes to lease.</summary>
/// <param name="Epoch">The open epoch that shall own them.</param>
/// <param name="Operation">New for each lease, the same for each retry of it.</param>
/// <param name="Count">Codes wanted, at least 1.</param>
/// <param name="HighestKnownLease">The highest lease number the caller knew before it began.</param>
public sealed record LeaseRequest(Epoch Epoch, Guid Operation, int Count, long HighestKnownLease);
