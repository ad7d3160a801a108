using Microsoft.Extensions.Logging;

namespace CodePool.Postgres.Internal;

/// <summary>The log lines of this package; ids from 200 on. No line holds a code.</summary>
internal static partial class Log
{
    [LoggerMessage(200, LogLevel.Warning, "Pool {Pool}: large fills go over one connection where two were wanted, and take longer; the exception says why. Let the pool have a second connection, or set ParallelFill to false.")]
    public static partial void SecondHalfLost(this ILogger logger, string pool, Exception exception);

    [LoggerMessage(201, LogLevel.Information, "Pool {Pool}: large fills go over two connections again.")]
    public static partial void SecondHalfBack(this ILogger logger, string pool);
}
