namespace CodePool.Postgres;

/// <summary>What a store does about its tables when it is opened.</summary>
public enum PostgresSchemaMode
{
    /// <summary>The default: creates what is missing. Looks first, so a role without CREATE can start on a prepared schema.</summary>
    Apply,

    /// <summary>Creates nothing; a missing or older schema stops the host, with the script to run in the message.</summary>
    Validate,

    /// <summary>Does not look: the first statement fails if the tables are not there.</summary>
    Off,
}
