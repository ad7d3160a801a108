namespace CodePool.Providers;

/// <summary>How a lease ended.</summary>
public enum LeaseOutcome
{
    /// <summary>There are codes.</summary>
    Leased,

    /// <summary>The store has none.</summary>
    Empty,

    /// <summary>The epoch is not open: closed by others, or unknown.</summary>
    EpochClosed,
}
