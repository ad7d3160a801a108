using CodePool.Providers;

namespace CodePool.Sqlite.Internal;

/// <summary>Makes popped codes Used before their callers have them.</summary>
internal static class Confirming
{
    public static IReadOnlyList<int> Confirm(Transaction transaction, Epoch epoch, Guid operation, IReadOnlyList<LeasedCode> codes)
    {
        transaction.EnsureSound();
        string json = Values.ToJson(codes);
        byte[] token = epoch.Token.ToBlob(), mine = operation.ToBlob();

        // Read first, then changed: nothing comes between, for this transaction has held the write lock from its first statement.
        List<int> indices = transaction.Query(
            "confirmable", row => row.GetInt32(0), ("@codes", json), ("@token", token), ("@operation", mine));

        // Status open carries promise 1: of two claims one finds it. The open lease carries the sum: what is left of a
        // settled one was counted elsewhere.
        int changed = transaction.Execute("mark-open", ("@codes", json), ("@token", token), ("@operation", mine));
        return changed <= indices.Count ? indices : throw transaction.Contradiction("more codes were claimed than were there to claim");
    }
}
