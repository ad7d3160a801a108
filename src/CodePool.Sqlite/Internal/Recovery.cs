using CodePool.Providers;

namespace CodePool.Sqlite.Internal;

/// <summary>
/// Answers a database that went back in time, in two transactions. Nothing goes back to Available.
/// A SQLite file has no identity that a copy would change, so the evidence is all there is.
/// </summary>
internal static class Recovery
{
    /// <summary>Further than any history that was lost can have gone.</summary>
    private const long Jump = 1L << 20;

    /// <summary>Stops the pool; or says that there is nothing to answer.</summary>
    public static RecoveryResult? Begin(Transaction transaction, RecoveryRequest request)
    {
        // Epochs below the last recovery are from before it: their evidence is answered.
        bool evidence = request.EvidenceEpoch > 0 && request.EvidenceEpoch >= transaction.Pool.RecoveredEpoch;
        if (!transaction.Pool.Recovering && !evidence)
            return new RecoveryResult(false, 0, Resumed: true);

        transaction.Execute("recover-begin");
        return null;
    }

    /// <summary>Closes and replaces everything, and lets the pool go on if it may.</summary>
    public static RecoveryResult Replace(Transaction transaction, RecoveryRequest request)
    {
        // Somebody else has joined in, and was faster to the end.
        if (!transaction.Pool.Recovering)
            return new RecoveryResult(false, 0, Resumed: true);

        transaction.Execute("recover-epochs", ("@reason", (int)EpochCloseReason.Recovered));
        transaction.Execute("recover-leases");
        transaction.Execute("recover-returned");
        StatusCounts counts = StatusCounts.In(transaction, new NumberRange(1, transaction.Pool.FilledTo));
        long burned = Math.Max(0, counts.Open - transaction.Pool.SettledUnconfirmed);
        if (burned > 0)
            transaction.Execute("burn", ("@reason", (int)EpochCloseReason.Recovered), ("@codes", burned));
        Record(transaction);
        End(transaction, request, counts);
        return new RecoveryResult(true, burned, request.Resume);
    }

    /// <summary>One settled record over everything: each open code may be in a hand that this database has forgotten.</summary>
    private static void Record(Transaction transaction)
    {
        if (transaction.Pool.FilledTo > 0)
            transaction.Execute("recover-record", ("@number", transaction.Pool.NextLease), ("@last", transaction.Pool.FilledTo));
    }

    private static void End(Transaction transaction, RecoveryRequest request, StatusCounts counts)
    {
        PoolRow pool = transaction.Pool;
        long highestEpoch = Math.Max(request.HighestKnownEpoch, request.EvidenceEpoch);
        transaction.Execute(
            "recover-end",
            ("@recovering", request.Resume ? 0 : 1),
            ("@leased_to", pool.FilledTo),
            ("@next_lease", Math.Max(pool.NextLease + 1, request.HighestKnownLease) + Jump),
            ("@next_epoch", Math.Max(pool.NextEpoch, highestEpoch) + Jump),
            ("@used", counts.Used),
            ("@unconfirmed", counts.Open),
            ("@void", counts.Void));
    }
}
