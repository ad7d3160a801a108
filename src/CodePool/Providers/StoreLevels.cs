namespace CodePool.Providers;

/// <summary>One snapshot of a store's counters: <c>Generated = Available + Leased + Used + Unconfirmed + Void</c>.</summary>
/// <param name="Generated">Codes ever stored.</param>
/// <param name="Available">Codes free to be leased.</param>
/// <param name="Leased">Open codes in open leases.</param>
/// <param name="Used">Codes marked Used.</param>
/// <param name="Unconfirmed">Open codes in settled leases.</param>
/// <param name="Void">Codes withdrawn.</param>
/// <param name="Burned">Codes that ever became Unconfirmed, by the reason their epoch ended with; a late mark does not lower it.</param>
public sealed record StoreLevels(
    long Generated,
    long Available,
    long Leased,
    long Used,
    long Unconfirmed,
    long Void,
    IReadOnlyDictionary<EpochCloseReason, long> Burned);
