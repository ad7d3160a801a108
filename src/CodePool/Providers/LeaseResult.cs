namespace CodePool.Providers;

/// <summary>What a lease brought.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Leases">One lease a range, ascending; empty unless <see cref="LeaseOutcome.Leased"/>.</param>
/// <param name="Available">Codes still available afterwards; wakes the filler early.</param>
public sealed record LeaseResult(LeaseOutcome Outcome, IReadOnlyList<Lease> Leases, long Available);
