using CodePool.Providers;
using Microsoft.Data.Sqlite;

namespace CodePool.Sqlite.Internal;

/// <summary>The life of an epoch. Every step matches its number and its token: after a rewind numbers repeat, tokens cannot.</summary>
internal static class Epochs
{
    public static EpochState? StateOf(Transaction transaction, Epoch epoch)
    {
        List<int> states = transaction.Query(
            "epoch-state", row => row.GetInt32(0), ("@number", epoch.Number), ("@token", epoch.Token.ToBlob()));
        return states.Count == 0 ? null : (EpochState)states[0];
    }

    public static Epoch? Open(Transaction transaction, EpochRequest request)
    {
        transaction.EnsureSound();
        PoolRow pool = transaction.Pool;
        if (pool.NextEpoch <= request.HighestKnownEpoch)
            throw new StoreRewoundException(transaction.PoolName, "an epoch number would repeat", request.HighestKnownEpoch);

        bool shared = request.Kind == EpochKind.Redis;
        if (shared && pool.CurrentEpoch != request.Replaces)
            return null;
        if (request.OnlyOpening && List(transaction).Any(epoch => epoch.Number == request.Replaces && epoch.State == EpochState.Open))
            return null;

        if (shared && pool.CurrentEpoch != 0)
            transaction.Execute("epoch-replace", ("@number", pool.CurrentEpoch), ("@reason", (int)EpochCloseReason.Replaced));
        var epoch = new Epoch(
            pool.NextEpoch, request.Token, request.Kind, request.CacheIdentity, pool.Consistency,
            shared ? EpochState.Opening : EpochState.Open, Beats: 0);
        Insert(transaction, epoch);
        transaction.Execute("epoch-next", ("@number", epoch.Number), ("@shared", shared ? 1 : 0));
        return epoch;
    }

    public static bool Activate(Transaction transaction, Epoch epoch) =>
        transaction.Execute("epoch-activate", ("@number", epoch.Number), ("@token", epoch.Token.ToBlob())) == 1;

    public static bool Beat(Transaction transaction, Epoch epoch) =>
        transaction.Execute("epoch-beat", ("@number", epoch.Number), ("@token", epoch.Token.ToBlob())) == 1;

    public static bool Close(Transaction transaction, Epoch epoch, EpochCloseReason reason)
    {
        int closed = transaction.Execute(
            "epoch-close", ("@number", epoch.Number), ("@token", epoch.Token.ToBlob()), ("@reason", (int)reason));
        if (closed == 0)
            return false;

        transaction.Execute("epoch-not-current", ("@number", epoch.Number));
        return true;
    }

    public static IReadOnlyList<Epoch> List(Transaction transaction) => transaction.Query("epochs", Read);

    private static void Insert(Transaction transaction, Epoch epoch) => transaction.Execute(
        "epoch-insert",
        ("@number", epoch.Number),
        ("@token", epoch.Token.ToBlob()),
        ("@kind", (int)epoch.Kind),
        ("@identity", epoch.CacheIdentity),
        ("@consistency", (int)epoch.Consistency),
        ("@state", (int)epoch.State));

    private static Epoch Read(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.GetToken(1),
        (EpochKind)row.GetInt32(2),
        row.GetString(3),
        (CodeConsistency)row.GetInt32(4),
        (EpochState)row.GetInt32(5),
        row.GetInt64(6));
}
