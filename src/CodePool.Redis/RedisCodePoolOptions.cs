namespace CodePool.Redis;

/// <summary>How a pool uses its Redis.</summary>
public sealed class RedisCodePoolOptions
{
    /// <summary>
    /// What the keys begin with; default <c>codepool</c>. They go on with the pool's id in braces, so that all keys of a pool lie in one hash
    /// slot: <c>codepool:{…}:meta</c>. Letters, digits, and <c>. _ : -</c>; at most 64.
    /// </summary>
    public string KeyPrefix { get; set; } = "codepool";

    /// <summary>The number of the database, default -1: the one that the connection's configuration names, usually 0.</summary>
    public int Database { get; set; } = -1;

    /// <summary>
    /// Says that this server draws a new replication id whenever its data may have gone back in time, as Redis does; default false. A Journaled pool
    /// is refused on products and versions on which the fence has not been tested, unless this is set; it has on Redis 7.0, 7.2, 7.4 and 8.0 and on
    /// Valkey 7.2, 8.0, 8.1 and 9.1. A Confirmed pool needs no such trust.
    /// </summary>
    public bool TrustReplicationId { get; set; }
}
