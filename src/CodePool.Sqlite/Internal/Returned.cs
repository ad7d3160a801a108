namespace CodePool.Sqlite.Internal;

/// <summary>The runs of numbers that are free again.</summary>
internal static class Returned
{
    public static List<NumberRange> Head(Transaction transaction, int count) =>
        transaction.Query("returned-head", row => row.GetRange(0), ("@count", count));

    public static bool Contains(Transaction transaction, long number) =>
        Holding(transaction, number) is { } run && run.Contains(number);

    /// <summary>Adds a run that overlaps none, and joins it with its neighbours: few runs make few leases.</summary>
    public static void Add(Transaction transaction, NumberRange run)
    {
        if (Holding(transaction, run.First - 1) is { } before && before.Last == run.First - 1)
        {
            Delete(transaction, before);
            run = run with { First = before.First };
        }

        if (Holding(transaction, run.Last + 1) is { } after && after.First == run.Last + 1)
        {
            Delete(transaction, after);
            run = run with { Last = after.Last };
        }

        Insert(transaction, run);
    }

    /// <summary>Cuts numbers out of the one run that holds them all.</summary>
    public static void Remove(Transaction transaction, NumberRange cut)
    {
        if (Holding(transaction, cut.First) is not { } run || run.Last < cut.Last)
            throw transaction.Contradiction("a returned run is not there");

        Delete(transaction, run);
        if (run.First < cut.First)
            Insert(transaction, run with { Last = cut.First - 1 });
        if (cut.Last < run.Last)
            Insert(transaction, run with { First = cut.Last + 1 });
    }

    private static NumberRange? Holding(Transaction transaction, long number)
    {
        List<NumberRange> runs = transaction.Query("returned-holding", row => row.GetRange(0), ("@number", number));
        return runs.Count == 0 ? null : runs[0];
    }

    private static void Insert(Transaction transaction, NumberRange run) =>
        transaction.Execute("returned-insert", ("@first", run.First), ("@last", run.Last));

    private static void Delete(Transaction transaction, NumberRange run) =>
        transaction.Execute("returned-delete", ("@first", run.First));
}
