namespace CodePool.TestServers;

/// <summary>Writes redis.conf and what it names into an instance's folder.</summary>
internal static class RedisConfigFile
{
    /// <summary>The instance's own user, where there is an ACL file.</summary>
    public const string OwnUser = "codepool-test";

    public static string Write(string folder, int port, RedisOptions options, string? ownPassword)
    {
        string path = Path.Combine(folder, "redis.conf");
        IEnumerable<string> lines =
        [
            "bind 127.0.0.1", $"dir {folder}",
            .. options.Tls ? Tls(folder, port) : [$"port {port}"],
            .. options.Sentinel ? [] : Data(options),
            .. options.Users.Count > 0 ? Users(folder, options, ownPassword) : [],
            .. options.Settings,
        ];
        File.WriteAllLines(path, lines);
        return path;
    }

    private static IEnumerable<string> Data(RedisOptions options)
    {
        yield return "enable-debug-command yes";

        // A replica is there at once, a lost primary is noticed within seconds.
        yield return "repl-diskless-sync-delay 0";
        yield return "repl-ping-replica-period 1";
        if (options.Password is not null)
        {
            yield return $"requirepass {options.Password}";
            yield return $"masterauth {options.Password}";
        }

        yield return options.Persistence == RedisPersistence.Snapshot ? "save 3600 1000000000" : "save \"\"";
        if (options.Persistence == RedisPersistence.None)
            yield return "rdb-del-sync-files yes"; // Else what a replica was sent would be found again.
        if (options.Persistence is RedisPersistence.AppendEverySecond or RedisPersistence.AppendAlways)
        {
            yield return "appendonly yes";
            yield return $"appendfsync {(options.Persistence == RedisPersistence.AppendAlways ? "always" : "everysec")}";
        }
    }

    private static string[] Users(string folder, RedisOptions options, string? ownPassword)
    {
        string path = Path.Combine(folder, "users.acl");
        File.WriteAllLines(path, [$"user {OwnUser} on >{ownPassword} ~* &* +@all", .. options.Users]);
        return [$"aclfile {path}"];
    }

    private static string[] Tls(string folder, int port)
    {
        RedisCertificate.Write(folder);
        string certificate = RedisCertificate.PathIn(folder);
        return
        [
            "port 0", $"tls-port {port}", "tls-auth-clients no", "tls-replication yes", $"tls-cert-file {certificate}",
            $"tls-ca-cert-file {certificate}", $"tls-key-file {RedisCertificate.KeyPathIn(folder)}",
        ];
    }
}
