namespace CodePool.Providers;

/// <summary>Why an epoch was closed; burned codes are counted under it.</summary>
public enum EpochCloseReason
{
    /// <summary>It is not closed.</summary>
    None,

    /// <summary>Its process stopped cleanly.</summary>
    Stopped,

    /// <summary>Its heartbeat stood still.</summary>
    Stale,

    /// <summary>Another epoch took its place: its replication history ended.</summary>
    Replaced,

    /// <summary>The operator closed it.</summary>
    Operator,

    /// <summary>The database went back in time.</summary>
    Recovered,
}
