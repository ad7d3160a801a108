namespace CodePool.Postgres;

/// <summary>Where a pool's tables are in PostgreSQL, and what its server promises.</summary>
public sealed class PostgresCodePoolOptions
{
    /// <summary>
    /// The schema of the tables; default <c>public</c>. Letters, digits and underscores, at most 63. Another one is created
    /// when it is missing, in <see cref="PostgresSchemaMode.Apply"/>.
    /// </summary>
    public string Schema { get; set; } = "public";

    /// <summary>What the names of the tables begin with; default <c>codepool_</c>. Letters, digits and underscores, at most 40, or empty.</summary>
    public string TablePrefix { get; set; } = "codepool_";

    /// <summary>Whether the tables are created, only checked, or taken for granted; default <see cref="PostgresSchemaMode.Apply"/>.</summary>
    public PostgresSchemaMode SchemaMode { get; set; }

    /// <summary>
    /// Says that a failover never loses an acknowledged commit (a synchronous standby, and no backup restored without
    /// <c>RecoverAsync</c>); default false. Then another system identifier or timeline alone changes nothing; otherwise
    /// it makes every code that is out Unconfirmed.
    /// </summary>
    public bool NeverLosesCommits { get; set; }

    /// <summary>
    /// Whether a large batch is stored over two connections at once, half by half, when a second one is at hand; default true.
    /// Ignored for batches below 10,000 codes and in keyspaces that bring duplicates. Switch it off where the server's cores or the
    /// connections are needed for something else.
    /// </summary>
    public bool ParallelFill { get; set; } = true;
}
