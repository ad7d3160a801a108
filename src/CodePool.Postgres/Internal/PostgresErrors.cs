using System.Net.Sockets;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Makes the driver's exceptions ours. None of them carries a code on.</summary>
internal static class PostgresErrors
{
    /// <summary>Which of the two exceptions; for PostgreSQL's own errors by their SQLSTATE.</summary>
    public static CodePoolException Translate(string poolName, Exception failure) => failure switch
    {
        CodePoolException ours => ours,
        PostgresException error => Translate(poolName, error),
        UnreplicatedCommitException => Unavailable(poolName, failure.Message, null),
        NpgsqlException { InnerException: TimeoutException } =>
            Unavailable(poolName, "PostgreSQL did not answer in time.", failure.InnerException),
        NpgsqlException { InnerException: SocketException or IOException } =>
            Unavailable(poolName, "PostgreSQL cannot be reached, or the connection broke.", failure.InnerException),
        // "No password has been provided", "SSL is required": the driver's own words before anything was sent.
        NpgsqlException { InnerException: null, IsTransient: false } =>
            new CodePoolConfigurationException(poolName, $"the connection cannot be made: {failure.Message}"),
        // The exception itself stays behind: it holds the command with its parameters, and they are codes.
        _ => Unavailable(poolName, $"PostgreSQL cannot be used now ({failure.GetType().Name}).", failure.InnerException),
    };

    /// <summary>
    /// The transaction was surely rolled back, and another attempt may do better. So it does when a table was altered under a prepared statement: the
    /// driver prepares it anew. (The server's words for that may be in any language; the name of its function is not.)
    /// </summary>
    public static bool IsConflict(Exception failure) => failure is PostgresException
    {
        SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable
    }
    or PostgresException { SqlState: PostgresErrorCodes.FeatureNotSupported, Routine: "RevalidateCachedQuery" };

    /// <summary>The connection broke: whether the transaction was committed is unknown.</summary>
    public static bool IsBroken(Exception failure) => failure switch
    {
        PostgresException { SqlState: var state } => state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException { InnerException: TimeoutException } => false,
        NpgsqlException { IsTransient: true } => true,
        _ => false,
    };

    /// <summary>The server, the database or the role has no connection left. A translated failure, for only opening one says so.</summary>
    public static bool IsFull(Exception failure) =>
        failure is CodePoolException { InnerException: PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } };

    private static CodePoolException Translate(string poolName, PostgresException error) => error.SqlState switch
    {
        "28P01" or "28000" => Configuration(poolName, "the user name or the password is wrong, or pg_hba.conf does not let the user in: check Username and Password in the connection string.", error),
        "3D000" => Configuration(poolName, "the database does not exist: check Database in the connection string, or create it.", error),
        "42501" => Configuration(poolName, $"a right is missing ({error.MessageText}). GRANT it (docs/providers.md lists the rights), or run the script of PostgresSchema.GetScript as the owner.", error),
        "42P01" or "42883" or "42703" or "3F000" => Configuration(poolName, $"the tables are not there or of another version ({error.MessageText}): check Schema and TablePrefix, set SchemaMode to Apply, or run the script of PostgresSchema.GetScript.", error),
        "26000" or "42P05" => Configuration(poolName, "prepared statements do not survive the pooler in between: set Max Auto Prepare=0 in the connection string, or use PgBouncer 1.21 and up with max_prepared_statements.", error),
        "2200H" => Configuration(poolName, "these tables have had their 32,767 pools: use another Schema or TablePrefix for this one.", error),
        "0A000" or "0LP01" => Configuration(poolName, $"the server does not support what CodePool needs ({error.MessageText}).", error),
        "55P03" => Unavailable(poolName, "a lock was not to be had in time (lock_timeout): somebody else's open transaction holds the table, or rows of it. Find it by pg_blocking_pids or in pg_stat_activity, and end it.", Scrub(error)),
        // A primary that became a standby, or a connection that found one: a failover is under way.
        "25006" or "55000" => Unavailable(poolName, "the server is read-only, a standby: check that the connection string leads to the primary (Target Session Attributes=primary).", Scrub(error)),
        var state when state.StartsWith("23", StringComparison.Ordinal) => Configuration(poolName, $"the database refused a row (SQLSTATE {state}): something else writes into the pool's tables. Audit the pool.", error),
        var state => Unavailable(poolName, $"PostgreSQL refused (SQLSTATE {state}).", Scrub(error)),
    };

    private static CodePoolConfigurationException Configuration(string poolName, string message, PostgresException error) =>
        new(poolName, message, Scrub(error));

    private static CodePoolStoreUnavailableException Unavailable(string poolName, string message, Exception? inner) =>
        new(poolName, message, inner);

    /// <summary>
    /// Without Detail ("Key (pool, code)=(...) already exists"), without Where (parameters, if the server logs them with
    /// errors), and for data and constraint errors without the text too: any of them can hold a code.
    /// </summary>
    private static PostgresException Scrub(PostgresException error) => new(
        error.SqlState is ['2', '2' or '3', ..] ? "data or constraint error" : error.MessageText,
        error.Severity, error.InvariantSeverity, error.SqlState);
}
