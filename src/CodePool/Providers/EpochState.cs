namespace CodePool.Providers;

/// <summary>An epoch's life: opening, open, closed.</summary>
public enum EpochState
{
    /// <summary>Inserted; its cache is not opened yet, and it has no leases.</summary>
    Opening,

    /// <summary>It may lease.</summary>
    Open,

    /// <summary>It leases no more; its leases are settled by anyone.</summary>
    Closed,
}
