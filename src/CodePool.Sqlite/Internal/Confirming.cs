using CodePool.Providers;

namespace CodePool.Sqlite.Internal;

/// <summary>Makes popped codes Used before their callers have them.</summary>
internal static class Confirming
{
    public static IReadOnlyList<int> Confirm(Transaction transaction, Epoch epoch, Guid operation, IReadOnlyList<LeasedCode> codes)
    {
        transaction.EnsureSound();
        string json = Values.ToJson(codes);

        // Status open carries promise 1: of two claims one finds it. The open lease carries the sum: what is left of a
        // settled one was counted elsewhere.
        transaction.Execute("mark-open", ("@codes", json), ("@token", epoch.Token.ToBlob()), ("@operation", operation.ToBlob()));
        return transaction.Query("confirmed", row => row.GetInt32(0), ("@codes", json), ("@operation", operation.ToBlob()));
    }
}
