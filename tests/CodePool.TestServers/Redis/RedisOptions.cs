namespace CodePool.TestServers;

/// <summary>How a server of a test's own is set up.</summary>
public sealed record RedisOptions
{
    /// <summary>What survives a restart. Default: nothing.</summary>
    public RedisPersistence Persistence { get; init; }

    /// <summary>Asked of everybody, and given to its primary, if it gets one. Not beside <see cref="Users"/>.</summary>
    public string? Password { get; init; }

    /// <summary>The lines of an ACL file, such as <c>user app on >secret ~app:* +@all</c>. The instance adds a user for itself.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>TLS only, with a self-signed certificate that is made at run time.</summary>
    public bool Tls { get; init; }

    /// <summary>Further lines of redis.conf, such as <c>maxmemory 2mb</c>; they win over the ones before.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>A sentinel keeps no data, and refuses the settings of a server that does.</summary>
    internal bool Sentinel { get; init; }
}
