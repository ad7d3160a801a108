namespace CodePool.ContractTests;

/// <summary>One change of one record; "number" is the number of a code. Each is one statement in a database.</summary>
public enum StoreDamage
{
    /// <summary>Sets the code's status to used (1), nothing else.</summary>
    UseCode,

    /// <summary>Sets the code's status to void (2), nothing else.</summary>
    VoidCode,

    /// <summary>Sets the code's status to open (0), nothing else.</summary>
    ReopenCode,

    /// <summary>Deletes the code's row.</summary>
    DeleteCode,

    /// <summary>Inserts a returned run of exactly this number.</summary>
    ReturnCode,

    /// <summary>Deletes the lease rows, open or settled, whose range holds the number.</summary>
    DeleteLease,

    /// <summary>Makes the open lease that holds the number one number longer.</summary>
    StretchLease,

    /// <summary>Gives the lease rows that hold the number an epoch number that no epoch has (999999999).</summary>
    OrphanLease,

    /// <summary>Raises filled_to by 1.</summary>
    RaiseFilledTo,

    /// <summary>Raises settled_used by 1.</summary>
    RaiseSettledUsed,

    /// <summary>Raises settled_unconfirmed by 1.</summary>
    RaiseSettledUnconfirmed,

    /// <summary>Raises settled_void by 1.</summary>
    RaiseSettledVoid,

    /// <summary>Lowers leased_to by 1.</summary>
    LowerLeasedTo,
}
