using CodePool.Providers;
using Microsoft.Data.Sqlite;

namespace CodePool.Sqlite.Internal;

/// <summary>Where codes are, from the counters and the ranges of open leases only.</summary>
internal static class Counting
{
    public static StoreLevels Levels(Transaction transaction)
    {
        var burned = transaction
            .Query("burned", row => KeyValuePair.Create((EpochCloseReason)row.GetInt32(0), row.GetInt64(1)))
            .ToDictionary();
        return transaction.Query("levels", row => new StoreLevels(
            row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), burned))[0];
    }

    public static CodeInfo? Find(Transaction transaction, string code)
    {
        List<CodeRow> rows = transaction.Query("code", Read, ("@code", code));
        return rows.Count == 0 ? null : new CodeInfo(StateOf(transaction, rows[0]), rows[0].CreatedAt, rows[0].UpdatedAt);
    }

    private static CodeState StateOf(Transaction transaction, CodeRow row) => row.Status switch
    {
        CodeStatus.Used => CodeState.Used,
        CodeStatus.Void => CodeState.Void,
        _ when row.Number > transaction.Pool.LeasedTo || Returned.Contains(transaction, row.Number) => CodeState.Available,
        _ when InOpenLease(transaction, row.Number) => CodeState.Leased,
        _ => CodeState.Unconfirmed,
    };

    public static bool InOpenLease(Transaction transaction, long number) =>
        transaction.Query("lease-holding", row => true, ("@number", number)).Count > 0;

    private static CodeRow Read(SqliteDataReader row) =>
        new(row.GetInt64(0), (CodeStatus)row.GetInt32(1), row.GetTime(2), row.GetTime(3));

    private readonly record struct CodeRow(long Number, CodeStatus Status, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);
}
