namespace CodePool.Providers;

/// <summary>What settling came to.</summary>
/// <param name="Settled">Leases settled by this call.</param>
/// <param name="Returned">Codes that went back to Available.</param>
/// <param name="Unconfirmed">Codes that became Unconfirmed.</param>
public readonly record struct SettleResult(int Settled, long Returned, long Unconfirmed);
