namespace CodePool.Redis.Internal;

/// <summary>Which server this is, and whether the fault scenarios have been run on it.</summary>
/// <param name="Name">Its name and version, for messages.</param>
/// <param name="IsProven">
/// Whether a new replication id was seen whenever its data could have gone back (docs/redis.md has the list). A Journaled pool rests on that.
/// </param>
internal readonly record struct Product(string Name, bool IsProven)
{
    /// <summary>Fields that only other products have in INFO server.</summary>
    private static readonly string[] Others =
        ["garnet_version", "valkey_version", "dragonfly_version", "keydb_version", "kvrocks_version", "tair_version"];

    public static Product Of(ServerInfo info)
    {
        foreach (string other in Others)
        {
            if (info.Has(other))
                return new Product($"{other.Split('_')[0]} {info[other]}", IsProven: false);
        }

        string version = info["redis_version"] ?? "of an unknown version";
        bool isRedis = info["server_name"] is null or "redis" && info.Has("redis_build_id");
        return new Product($"Redis {version}", isRedis && version.StartsWith("7.0.", StringComparison.Ordinal));
    }
}
