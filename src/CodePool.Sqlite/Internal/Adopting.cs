namespace CodePool.Sqlite.Internal;

/// <summary>Writes down codes that were handed out and that the store has forgotten.</summary>
internal static class Adopting
{
    public static int Adopt(Transaction transaction, IReadOnlyList<string> codes)
    {
        var cursor = new Cursor(transaction.Pool.LeasedTo, transaction.Pool.FilledTo);
        return codes.Count(code => AdoptOne(transaction, ref cursor, code));
    }

    private static bool AdoptOne(Transaction transaction, ref Cursor cursor, string code)
    {
        List<(long Number, CodeStatus Status)> rows = transaction.Query(
            "code", row => (row.GetInt64(0), (CodeStatus)row.GetInt32(1)), ("@code", code));
        if (rows.Count > 0 && rows[0].Status != CodeStatus.Open)
            return false;

        if (rows.Count == 0 || rows[0].Number > cursor.LeasedTo)
            cursor = ReturnTheRest(transaction, cursor);
        if (rows.Count == 0)
        {
            cursor = Insert(transaction, cursor, code);
            return true;
        }

        Use(transaction, rows[0].Number);
        return false;
    }

    private static void Use(Transaction transaction, long number)
    {
        transaction.Execute("adopt-use", ("@number", number));
        if (Counting.InOpenLease(transaction, number))
            return;

        bool returned = Returned.Contains(transaction, number);
        if (returned)
            Returned.Remove(transaction, new NumberRange(number, number));
        transaction.Execute("totals", ("@used", 1), ("@unconfirmed", returned ? 0 : -1), ("@void", 0));
    }

    private static Cursor Insert(Transaction transaction, Cursor cursor, string code)
    {
        long number = cursor.FilledTo + 1;
        transaction.Execute("adopt-insert", ("@number", number), ("@code", code));
        transaction.Execute("fill-raise", ("@stored", 1));
        transaction.Execute("adopt-cursor", ("@leased_to", number));
        transaction.Execute("totals", ("@used", 1), ("@unconfirmed", 0), ("@void", 0));
        return new Cursor(number, number);
    }

    /// <summary>So that a single code above the cursor can be taken out: only runs have holes, the cursor has none.</summary>
    private static Cursor ReturnTheRest(Transaction transaction, Cursor cursor)
    {
        if (cursor.LeasedTo == cursor.FilledTo)
            return cursor;

        Returned.Add(transaction, new NumberRange(cursor.LeasedTo + 1, cursor.FilledTo));
        transaction.Execute("adopt-cursor", ("@leased_to", cursor.FilledTo));
        return cursor with { LeasedTo = cursor.FilledTo };
    }

    private readonly record struct Cursor(long LeasedTo, long FilledTo);
}
