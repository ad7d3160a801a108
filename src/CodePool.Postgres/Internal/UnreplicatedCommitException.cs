using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>
/// A commit was cancelled (a command timeout, an operator) while it waited for the synchronous standby. PostgreSQL has committed it on
/// this server all the same, and answers COMMIT with no more than a warning: after a failover it may be gone. So its outcome is unknown. A
/// repetition finds it here, and its own COMMIT, which comes later in the log, waits for both.
/// </summary>
internal sealed class UnreplicatedCommitException()
    : NpgsqlException("The commit was ended while it waited for the synchronous standby: it is on this server, and perhaps not on the standby.")
{
    /// <summary>Where the server says it: no SQLSTATE tells it apart, and its text is translated.</summary>
    private const string Routine = "SyncRepWaitForLSN";

    public override bool IsTransient => true;

    public static bool IsMeant(PostgresNotice notice) => notice.Routine == Routine;
}
