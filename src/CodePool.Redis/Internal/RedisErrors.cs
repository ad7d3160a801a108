using StackExchange.Redis;

namespace CodePool.Redis.Internal;

/// <summary>What the client's exceptions mean: refused by the fence, may pass, or for a person to mend. Messages never hold a script's arguments.</summary>
internal static class RedisErrors
{
    /// <summary>What Redis 7.0 says of a command that a script calls and its user may not run, and what it says since 7.2, as Valkey does.</summary>
    private static readonly string[] DeniedInScript = ["The user executing the script can't", "ACL failure in script"];

    private static readonly string[] Denials = ["WRONGPASS", "NOAUTH", "NOPERM"];

    /// <summary>Said before a script's first write.</summary>
    private static readonly HashSet<string> NotExecuted =
    [
        "READONLY", "LOADING", "MOVED", "ASK", "CLUSTERDOWN", "TRYAGAIN", "CROSSSLOT", "MASTERDOWN", "NOREPLICAS", "BUSY", "OOM", "MISCONF", "NOSCRIPT",
    ];

    public static Exception Translate(string pool, Exception failure, int taking) => failure switch
    {
        RedisServerException refused => Refused(pool, refused, taking),
        _ when IsDenied(failure) => Denied(pool, failure),

        // Surely not executed: it never left this process.
        RedisConnectionException { CommandStatus: CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog } lost =>
            new CodePoolCacheUnavailableException(pool, "Redis cannot be reached.", 0, lost),
        RedisConnectionException lost => new CodePoolCacheUnavailableException(pool, "the connection to Redis was lost.", taking, lost),

        // A timed-out command may still be sent.
        TimeoutException late => new CodePoolCacheUnavailableException(pool, "Redis did not answer in time.", taking, late),
        _ => new CodePoolCacheUnavailableException(pool, $"Redis cannot be used ({failure.GetType().Name}).", taking, failure),
    };

    private static Exception Refused(string pool, RedisServerException refused, int taking)
    {
        // Garnet writes ERR before what a script says.
        string message = refused.Message.StartsWith("ERR CP", StringComparison.Ordinal) ? refused.Message[4..] : refused.Message;
        string code = message.Split(' ', 2)[0];
        return code switch
        {
            "CPFENCED" => new RedisFencedException(message[code.Length..].Trim()),

            // Only before the first write: the fence reads every key that a script writes to. A new epoch has new keys.
            "WRONGTYPE" => new RedisFencedException("a key holds something else"),
            "CPPOOL" => new CodePoolConfigurationException(
                pool, "its keys in Redis belong to another pool. Set RedisCodePoolOptions.KeyPrefix to a value of this pool's own."),
            "NOAUTH" or "WRONGPASS" or "NOPERM" => Denied(pool, refused),
            _ when Array.Exists(DeniedInScript, said => refused.Message.Contains(said, StringComparison.Ordinal)) => Denied(pool, refused),
            "CPREPLICA" => new CodePoolCacheUnavailableException(pool, "this Redis server is a replica; its primary is not known yet."),
            _ => new CodePoolCacheUnavailableException(pool, $"Redis refuses ({code}).", NotExecuted.Contains(code) ? 0 : taking),
        };
    }

    /// <summary>The client reports that it has no connection, and why only inside.</summary>
    private static bool IsDenied(Exception? failure) => failure switch
    {
        null => false,
        RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure } => true,
        RedisServerException refused when Array.Exists(Denials, code => refused.Message.Contains(code, StringComparison.Ordinal)) => true,
        AggregateException several => several.InnerExceptions.Any(IsDenied),
        _ => IsDenied(failure.InnerException),
    };

    private static CodePoolConfigurationException Denied(string pool, Exception denied)
    {
        string all = denied.ToString();
        string reason = Array.Find(Denials, code => all.Contains(code, StringComparison.Ordinal)) ?? "not allowed";
        return new CodePoolConfigurationException(
            pool, $"Redis denies access ({reason}). Check user and password, and that the user may run the commands that docs/redis.md lists on the keys of RedisCodePoolOptions.KeyPrefix.");
    }
}
