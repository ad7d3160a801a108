namespace CodePool;

/// <summary>The conservation sum of a pool, counted from the store's rows rather than read from its counters.</summary>
/// <param name="Generated">Rows of codes.</param>
/// <param name="Available">Open codes above the lease cursor, or in a returned range.</param>
/// <param name="Leased">Open codes in an open lease.</param>
/// <param name="Used">Codes with status Used.</param>
/// <param name="Unconfirmed">Open codes in a settled lease.</param>
/// <param name="Void">Codes with status Void.</param>
/// <param name="Findings">What does not add up: overlapping ranges, gaps, counters that differ from the rows. Empty when all is well; never contains a code.</param>
public sealed record CodePoolAudit(
    long Generated,
    long Available,
    long Leased,
    long Used,
    long Unconfirmed,
    long Void,
    IReadOnlyList<string> Findings)
{
    /// <summary>Whether <c>Generated = Available + Leased + Used + Unconfirmed + Void</c> holds and nothing else was found.</summary>
    public bool IsExact =>
        Findings.Count == 0 && Generated == Available + Leased + Used + Unconfirmed + Void;
}
