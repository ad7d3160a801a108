using Microsoft.Extensions.Logging;

namespace CodePool.Internal.Telemetry;

/// <summary>Every log line of the library. Event ids and names are contracts: they are never reused. No line holds a code.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Pool {Pool}: {Store} is open; {Generated} codes were generated so far.")]
    public static partial void StoreOpened(this ILogger logger, string pool, string store, long generated);

    [LoggerMessage(2, LogLevel.Warning, "Pool {Pool}: the store cannot be reached. The host starts without it; takes fail until it is there.")]
    public static partial void StartedWithoutStore(this ILogger logger, string pool, Exception exception);

    [LoggerMessage(3, LogLevel.Information, "Pool {Pool}: stopped; {Returned} codes that nobody had seen went back, {Unconfirmed} became Unconfirmed.")]
    public static partial void Stopped(this ILogger logger, string pool, long returned, long unconfirmed);

    [LoggerMessage(4, LogLevel.Error, "Pool {Pool}: the stop did not reach the store. Codes in this process's memory become Unconfirmed when its epoch is closed.")]
    public static partial void StopFailed(this ILogger logger, string pool, Exception exception);

    [LoggerMessage(10, LogLevel.Warning, "Pool {Pool}: {Loop} failed; it tries again, ever more slowly, at most a second apart.")]
    public static partial void PassFailed(this ILogger logger, string pool, string loop, Exception exception);

    [LoggerMessage(11, LogLevel.Information, "Pool {Pool}: {Loop} works again after {Failures} failures.")]
    public static partial void PassRecovered(this ILogger logger, string pool, string loop, int failures);

    [LoggerMessage(20, LogLevel.Warning, "Pool {Pool}: {Share:P0} of the codes drawn last were there already. The keyspace is filling up: plan a pool with longer codes.")]
    public static partial void KeyspaceFilling(this ILogger logger, string pool, double share);

    [LoggerMessage(21, LogLevel.Error, "Pool {Pool}: the format has no new codes left. What is in the pool is handed out; after that, takes fail.")]
    public static partial void KeyspaceExhausted(this ILogger logger, string pool);

    [LoggerMessage(22, LogLevel.Warning, "Pool {Pool}: so many codes were generated that a random guess hits one with probability {Probability:E1}. Plan a pool with longer codes.")]
    public static partial void GuessLikely(this ILogger logger, string pool, double probability);

    [LoggerMessage(30, LogLevel.Debug, "Pool {Pool}: this process leases as epoch {Epoch}.")]
    public static partial void EpochOpened(this ILogger logger, string pool, long epoch);

    [LoggerMessage(31, LogLevel.Warning, "Pool {Pool}: epoch {Epoch} of this process was closed by another, which did not see it beat. A new one is opened; no code is handed out twice.")]
    public static partial void EpochLost(this ILogger logger, string pool, long epoch);

    [LoggerMessage(32, LogLevel.Warning, "Pool {Pool}: epoch {Epoch} of {Owner} stopped beating and was closed.")]
    public static partial void EpochStale(this ILogger logger, string pool, long epoch, string owner);

    [LoggerMessage(33, LogLevel.Information, "Pool {Pool}: what closed epoch {Epoch} left was settled: {Returned} codes went back, {Unconfirmed} became Unconfirmed.")]
    public static partial void EpochSettled(this ILogger logger, string pool, long epoch, long returned, long unconfirmed);

    [LoggerMessage(50, LogLevel.Warning, "Pool {Pool}: the shared cache was opened anew as epoch {Epoch}, in place of {Replaced}. Codes of the old one that were not marked become Unconfirmed; none is handed out twice.")]
    public static partial void EpochRotated(this ILogger logger, string pool, long replaced, long epoch);

    [LoggerMessage(55, LogLevel.Information, "Pool {Pool}: the shared cache was opened as epoch {Epoch}.")]
    public static partial void SharedEpochOpened(this ILogger logger, string pool, long epoch);

    [LoggerMessage(51, LogLevel.Error, "Pool {Pool}: another cache server serves this pool as well. This process takes from its own lease meanwhile. Let every process that uses the database use the same Redis.")]
    public static partial void TwoCaches(this ILogger logger, string pool);

    [LoggerMessage(52, LogLevel.Warning, "Pool {Pool}: {Problem}")]
    public static partial void CacheProblem(this ILogger logger, string pool, string problem);

    [LoggerMessage(53, LogLevel.Error, "Pool {Pool}: {Count} entries of the journal hold no code of this pool; somebody else has written to the cache. They are dropped.")]
    public static partial void MalformedEntries(this ILogger logger, string pool, int count);

    [LoggerMessage(54, LogLevel.Warning, "Pool {Pool}: the cache cannot be reached. The host starts without it; takes are served from this process's own lease until it is there.")]
    public static partial void StartedWithoutCache(this ILogger logger, string pool, Exception exception);

    [LoggerMessage(40, LogLevel.Critical, "Pool {Pool}: the database went back in time ({Evidence}). {Unconfirmed} codes became Unconfirmed; nothing that may have been handed out is handed out again.")]
    public static partial void DatabaseWentBack(this ILogger logger, string pool, string evidence, long unconfirmed);

    [LoggerMessage(41, LogLevel.Warning, "Pool {Pool}: {Count} codes handed out before the database went back in time were written again as Used, {Inserted} of them as new rows.")]
    public static partial void CodesAdopted(this ILogger logger, string pool, int count, int inserted);

    [LoggerMessage(42, LogLevel.Warning, "Pool {Pool}: resumed by the operator.")]
    public static partial void PoolResumed(this ILogger logger, string pool);

    [LoggerMessage(43, LogLevel.Warning, "Pool {Pool}: this process leases as epoch {Epoch}, past a recovery. What it held from before the recovery is not handed out any more.")]
    public static partial void EpochsRecovered(this ILogger logger, string pool, long epoch);
}
