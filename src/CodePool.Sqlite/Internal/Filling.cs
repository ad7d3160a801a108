using CodePool.Providers;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CodePool.Sqlite.Internal;

/// <summary>Stores new codes, numbered in the order drawn.</summary>
internal static class Filling
{
    public static FillResult Fill(Transaction transaction, FillRequest request)
    {
        transaction.EnsureSound();
        long available = transaction.Available();
        int missing = (int)Math.Min(request.MaxBatch, request.Target - available);
        if (missing <= 0)
            return new FillResult(0, 0, available, transaction.Pool.FilledTo);

        IReadOnlyList<string> drawn = request.Draw(missing);
        Choice choice = Choose(drawn, missing, stored: []);
        if (!TryInsert(transaction, choice.Fresh))
        {
            // Rare in a sparse keyspace, where looking first would cost every batch a second search. Numbers are given
            // after duplicates are out, so there are no gaps: all of it is taken back and numbered anew.
            transaction.Execute("fill-undo", ("@first", transaction.Pool.FilledTo + 1));
            choice = Choose(drawn, missing, Stored(transaction, drawn));
            if (!TryInsert(transaction, choice.Fresh))
                throw transaction.Contradiction("a number above filled_to is taken");
        }

        transaction.Execute("fill-raise", ("@stored", choice.Fresh.Count));
        return new FillResult(
            choice.Looked, choice.Fresh.Count, available + choice.Fresh.Count, transaction.Pool.FilledTo + choice.Fresh.Count);
    }

    /// <summary>The first codes drawn that are no duplicates, and how many had to be looked at.</summary>
    private static Choice Choose(IReadOnlyList<string> drawn, int missing, IEnumerable<string> stored)
    {
        var seen = new HashSet<string>(stored, StringComparer.Ordinal);
        var fresh = new List<string>(missing);
        int looked = 0;
        while (looked < drawn.Count && fresh.Count < missing)
        {
            string code = drawn[looked++];
            if (seen.Add(code))
                fresh.Add(code);
        }

        return new Choice(fresh, looked);
    }

    private static List<string> Stored(Transaction transaction, IReadOnlyList<string> drawn) =>
        transaction.Query("fill-stored", row => row.GetString(0), ("@codes", Values.ToJson(drawn)));

    /// <summary>False when the unique constraint refused one; those before it are in.</summary>
    private static bool TryInsert(Transaction transaction, IReadOnlyList<string> fresh)
    {
        try
        {
            transaction.Execute("fill-insert", ("@first", transaction.Pool.FilledTo + 1), ("@codes", Values.ToJson(fresh)));
            return true;
        }
        catch (SqliteException refusal) when (refusal.SqliteErrorCode == raw.SQLITE_CONSTRAINT)
        {
            return false;
        }
    }

    private readonly record struct Choice(List<string> Fresh, int Looked);
}
