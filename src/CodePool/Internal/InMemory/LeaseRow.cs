namespace CodePool.Internal.InMemory;

/// <summary>
/// An open lease is one row. A settled one is a row for each exact run of codes that became Unconfirmed, often none:
/// so open leases, settled rows and returned runs never overlap.
/// </summary>
internal sealed record LeaseRow(
    long Number, NumberRange Range, long Epoch, Guid Token, Guid Operation, bool IsOpen, bool IsRecovery = false)
{
    /// <summary>Numbers may repeat after the database went back in time; tokens cannot.</summary>
    public bool Is(long number, Guid token) => Number == number && Token == token;
}
