using Microsoft.Extensions.Logging;

namespace CodePool.Redis.Internal;

/// <summary>The log lines of this package; ids from 100 on.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Warning, "Pool {Pool}: the replication id of {Product} is trusted (TrustReplicationId), though its fence has not been tested on it. Whether a code can be handed out twice after a failover rests on that.")]
    public static partial void TrustedReplicationId(this ILogger logger, string pool, string product);
}
