namespace CodePool.Sqlite.Internal;

/// <summary>How many rows of a range are open, used and void.</summary>
internal readonly record struct StatusCounts(long Open, long Used, long Void)
{
    public static StatusCounts In(Transaction transaction, NumberRange range) => transaction.Query(
        "count-status",
        row => new StatusCounts(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)),
        ("@first", range.First),
        ("@last", range.Last))[0];
}
