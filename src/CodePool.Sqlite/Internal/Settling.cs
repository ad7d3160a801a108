using CodePool.Providers;
using Microsoft.Data.Sqlite;

namespace CodePool.Sqlite.Internal;

/// <summary>Ends leases: what is left of them is returned, or becomes Unconfirmed.</summary>
internal static class Settling
{
    public static SettleResult Settle(Transaction transaction, Epoch epoch, IReadOnlyList<LeaseSettlement> leases)
    {
        transaction.EnsureSound();
        var sum = default(SettleResult);
        foreach (LeaseSettlement settlement in leases)
        {
            SettleResult one = SettleOne(transaction, epoch, settlement);
            sum = new SettleResult(sum.Settled + one.Settled, sum.Returned + one.Returned, sum.Unconfirmed + one.Unconfirmed);
        }

        return sum;
    }

    public static SettleResult SettleClosed(Transaction transaction, Epoch epoch)
    {
        transaction.EnsureSound();
        if (Epochs.StateOf(transaction, epoch) != EpochState.Closed)
            return default;

        return Settle(transaction, epoch, transaction.Query(
            "leases-open", row => new LeaseSettlement(row.GetInt64(0)), ("@token", epoch.Token.ToBlob())));
    }

    private static SettleResult SettleOne(Transaction transaction, Epoch epoch, LeaseSettlement settlement)
    {
        // Only an open lease is settled: one that is settled or gone may have been leased again, and must not be returned twice.
        List<LeaseRow> rows = transaction.Query(
            "settle-lease", Read, ("@number", settlement.Lease), ("@token", epoch.Token.ToBlob()));
        if (rows.Count == 0)
            return default;

        LeaseRow lease = rows[0];

        // Recorded as Confirmed: nothing was handed out without this store, so what is open was not. The caller's word does not count.
        long unseenFrom = lease.Consistency == CodeConsistency.Confirmed ? lease.Range.First : settlement.UnseenFrom;
        transaction.Execute("lease-delete", ("@number", settlement.Lease), ("@token", epoch.Token.ToBlob()));
        StatusCounts counts = StatusCounts.In(transaction, lease.Range);
        long returned = OpenRuns(transaction, lease.Range, unseenFrom)
            .Sum(run => Place(transaction, epoch, settlement.Lease, lease, run, unseenFrom));
        Count(transaction, counts, counts.Open - returned, lease.Reason);
        return new SettleResult(1, returned, counts.Open - returned);
    }

    /// <summary>Returns a run, or keeps it as a settled row; the codes returned.</summary>
    private static long Place(Transaction transaction, Epoch epoch, long number, LeaseRow lease, NumberRange run, long unseenFrom)
    {
        if (run.First >= unseenFrom)
        {
            Returned.Add(transaction, run);
            return run.Count;
        }

        Leasing.Insert(transaction, number, run, epoch with { Number = lease.Epoch }, lease.Operation, isOpen: false);
        return 0;
    }

    private static void Count(Transaction transaction, StatusCounts counts, long unconfirmed, EpochCloseReason reason)
    {
        transaction.Execute("totals", ("@used", counts.Used), ("@unconfirmed", unconfirmed), ("@void", counts.Void));
        if (unconfirmed > 0)
            transaction.Execute("burn", ("@reason", (int)reason), ("@codes", unconfirmed));
    }

    private static List<NumberRange> OpenRuns(Transaction transaction, NumberRange range, long unseenFrom) => transaction.Query(
        "settle-runs", row => row.GetRange(0), ("@first", range.First), ("@last", range.Last), ("@unseen", unseenFrom));

    private static LeaseRow Read(SqliteDataReader row) => new(
        row.GetRange(0),
        row.GetInt64(2),
        row.GetFieldValue<byte[]>(3),
        row.IsDBNull(4) ? CodeConsistency.Journaled : (CodeConsistency)row.GetInt32(4),
        // An owner settles while its epoch is still open.
        row.IsDBNull(5) || row.GetInt32(5) == 0 ? EpochCloseReason.Stopped : (EpochCloseReason)row.GetInt32(5));

    private sealed record LeaseRow(
        NumberRange Range, long Epoch, byte[] Operation, CodeConsistency Consistency, EpochCloseReason Reason);
}
