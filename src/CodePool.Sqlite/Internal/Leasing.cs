using CodePool.Providers;
using Microsoft.Data.Sqlite;

namespace CodePool.Sqlite.Internal;

/// <summary>Gives ranges of available codes to an epoch.</summary>
internal static class Leasing
{
    public static LeaseResult Lease(Transaction transaction, LeaseRequest request)
    {
        transaction.EnsureSound();
        if (Epochs.StateOf(transaction, request.Epoch) != EpochState.Open)
            return new LeaseResult(LeaseOutcome.EpochClosed, [], transaction.Available());

        // A retry after an unknown commit must not lease a second time.
        List<LeaseRow> earlier = transaction.Query(
            "lease-by-operation", ReadRow, ("@operation", request.Operation.ToBlob()), ("@token", request.Epoch.Token.ToBlob()));
        if (earlier.Count > 0)
            return new LeaseResult(LeaseOutcome.Leased, Untouched(transaction, earlier), transaction.Available());

        // Lease numbers are never reused: one that somebody knows already was given by a future this database has lost.
        if (transaction.Pool.NextLease <= request.HighestKnownLease)
            throw new StoreRewoundException(transaction.PoolName, "a lease number would repeat", request.Epoch.Number);

        List<NumberRange> runs = Choose(transaction, request.Count);
        List<Lease> leases = [.. runs.Select((run, index) => Take(transaction, request, transaction.Pool.NextLease + index, run))];
        if (leases.Count > 0)
            Advance(transaction, leases);
        return new LeaseResult(
            leases.Count > 0 ? LeaseOutcome.Leased : LeaseOutcome.Empty, leases, transaction.Available());
    }

    public static IReadOnlyList<Lease> ReadOpen(Transaction transaction, Epoch epoch) => Untouched(transaction, OpenRows(transaction, epoch));

    public static IReadOnlyList<long> ListOpen(Transaction transaction, Epoch epoch) =>
        [.. OpenRows(transaction, epoch).Select(lease => lease.Number)];

    private static List<LeaseRow> OpenRows(Transaction transaction, Epoch epoch) =>
        transaction.Query("leases-open", ReadRow, ("@token", epoch.Token.ToBlob()));

    /// <summary>
    /// A lease of which a code is Used was popped from already: what is left is no contiguous run, and is for settling.
    /// </summary>
    private static List<Lease> Untouched(Transaction transaction, IEnumerable<LeaseRow> leases) =>
    [
        .. from lease in leases
           let codes = ReadOpen(transaction, lease.Range)
           where codes.Count == lease.Range.Count
           select new Lease(lease.Number, lease.Range.First, codes),
    ];

    private static List<NumberRange> Choose(Transaction transaction, int count)
    {
        long wanted = count;
        var runs = new List<NumberRange>();
        foreach (NumberRange run in Returned.Head(transaction, count).TakeWhile(_ => wanted > 0))
        {
            runs.Add(run.Head(wanted));
            wanted -= runs[^1].Count;
        }

        long leasedTo = transaction.Pool.LeasedTo;
        long fresh = Math.Min(wanted, transaction.Pool.FilledTo - leasedTo);
        if (fresh > 0)
            runs.Add(new NumberRange(leasedTo + 1, leasedTo + fresh));
        return runs;
    }

    private static Lease Take(Transaction transaction, LeaseRequest request, long number, NumberRange run)
    {
        if (run.First <= transaction.Pool.LeasedTo)
            Returned.Remove(transaction, run);
        Insert(transaction, number, run, request.Epoch, request.Operation.ToBlob(), isOpen: true);

        // Status open carries promise 1 here: whatever the ranges say, a code that is Used is never leased.
        List<string> codes = ReadOpen(transaction, run);
        return codes.Count == run.Count
            ? new Lease(number, run.First, codes)
            : throw transaction.Contradiction($"codes {run.First} to {run.Last} are recorded as available, but not all of them are");
    }

    /// <summary>Inserts an open lease, or one run of a settled one.</summary>
    public static void Insert(Transaction transaction, long number, NumberRange run, Epoch epoch, byte[] operation, bool isOpen) =>
        transaction.Execute(
            "lease-insert",
            ("@number", number),
            ("@first", run.First),
            ("@last", run.Last),
            ("@epoch", epoch.Number),
            ("@token", epoch.Token.ToBlob()),
            ("@operation", operation),
            ("@state", isOpen ? 0 : 1));

    private static void Advance(Transaction transaction, List<Lease> leases) => transaction.Execute(
        "lease-advance",
        ("@leased_to", Math.Max(transaction.Pool.LeasedTo, leases[^1].Last)),
        ("@next_lease", leases[^1].Number + 1));

    private static List<string> ReadOpen(Transaction transaction, NumberRange run) =>
        transaction.Query("lease-codes", row => row.GetString(0), ("@first", run.First), ("@last", run.Last));

    private static LeaseRow ReadRow(SqliteDataReader row) => new(row.GetInt64(0), row.GetRange(1));

    private readonly record struct LeaseRow(long Number, NumberRange Range);
}
