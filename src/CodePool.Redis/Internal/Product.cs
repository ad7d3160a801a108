namespace CodePool.Redis.Internal;

/// <summary>Which server this is, and whether the fence has been tested on it.</summary>
/// <param name="Name">Its name and version, for messages.</param>
/// <param name="IsProven">
/// Whether a new replication id was seen whenever its data could have gone back (docs/redis.md has the list). A Journaled pool rests on that.
/// </param>
internal readonly record struct Product(string Name, bool IsProven)
{
    /// <summary>Fields that only other products have in INFO server.</summary>
    private static readonly string[] Others =
        ["garnet_version", "valkey_version", "dragonfly_version", "keydb_version", "kvrocks_version", "tair_version"];

    /// <summary>The release lines on which every test of tests/CodePool.Redis.Tests and every Journaled fault scenario passed: docs/redis.md.</summary>
    private static readonly string[] Proven =
        ["Redis 7.0.", "Redis 7.2.", "Redis 7.4.", "Redis 8.0.", "valkey 7.2.", "valkey 8.0.", "valkey 8.1.", "valkey 9.1."];

    /// <summary>Those lines, for messages.</summary>
    public static string AllProven => string.Join(", ", Proven.Select(line => line.TrimEnd('.')));

    public static Product Of(ServerInfo info)
    {
        foreach (string other in Others)
        {
            if (info.Has(other))
                return Named($"{other.Split('_')[0]} {info[other]}");
        }

        // Some that say nothing of themselves have a Redis version all the same, but no build of it.
        string version = info["redis_version"] ?? "of an unknown version";
        return info["server_name"] is null or "redis" && info.Has("redis_build_id")
            ? Named($"Redis {version}")
            : new Product($"Redis {version}", IsProven: false);
    }

    private static Product Named(string name) => new(name, Proven.Any(line => name.StartsWith(line, StringComparison.Ordinal)));
}
