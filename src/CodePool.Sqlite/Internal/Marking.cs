using CodePool.Providers;

namespace CodePool.Sqlite.Internal;

/// <summary>Writes what left a Journaled cache.</summary>
internal static class Marking
{
    public static MarkResult Mark(Transaction transaction, Epoch epoch, IReadOnlyList<LeasedCode> codes)
    {
        string json = Values.ToJson(codes);
        byte[] token = epoch.Token.ToBlob();

        // The usual batch is done with the first statement.
        int marked = transaction.Execute("mark-open", ("@codes", json), ("@token", token), ("@operation", null));
        if (marked == codes.Count)
            return new MarkResult(marked, 0, []);

        int late = transaction.Execute("mark-settled", ("@codes", json), ("@token", token));
        if (late > 0)
            transaction.Execute("totals", ("@used", late), ("@unconfirmed", -late), ("@void", 0));
        return new MarkResult(marked + late, late, Unplaced(transaction, epoch, codes, json));
    }

    private static List<LeasedCode> Unplaced(Transaction transaction, Epoch epoch, IReadOnlyList<LeasedCode> codes, string json)
    {
        List<LeasedCode> unplaced = transaction.Query("mark-unplaced", row => codes[row.GetInt32(0)], ("@codes", json));

        // Evidence of a lost future, unless a recovery has answered it. Throwing rolls back: it must not leave half a batch behind.
        if (unplaced.Count > 0 && epoch.Number >= transaction.Pool.RecoveredEpoch)
            throw new StoreRewoundException(transaction.PoolName, "a taken code has no place here", epoch.Number);
        return unplaced;
    }
}
