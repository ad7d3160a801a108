using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>Answers a database that went back in time. Nothing goes back to Available.</summary>
internal static class Recovery
{
    /// <summary>Further than any history that was lost can have gone.</summary>
    private const long Jump = 1L << 20;

    public static RecoveryResult Recover(PoolState pool, RecoveryRequest request, string identity, DateTimeOffset now)
    {
        // Epochs below the last recovery are from before it: their evidence is answered.
        bool evidence = request.EvidenceEpoch > 0 && request.EvidenceEpoch >= pool.RecoveredEpoch;
        if (!pool.Recovering && pool.Identity == identity && !evidence)
            return new RecoveryResult(false, 0, Resumed: true);

        pool.Recovering = true;
        CloseEpochs(pool, now);
        long unconfirmed = ReplaceRanges(pool);
        RaiseNumbers(pool, request);
        pool.Identity = identity;
        pool.Recovering = !request.Resume;
        return new RecoveryResult(true, unconfirmed, request.Resume);
    }

    private static void CloseEpochs(PoolState pool, DateTimeOffset now)
    {
        foreach (EpochRow row in pool.Epochs.Values.ToList())
            Epochs.Close(pool, row.Epoch, EpochCloseReason.Recovered, now);
    }

    /// <summary>One settled record over everything: each open code may be in a hand that this database has forgotten.</summary>
    private static long ReplaceRanges(PoolState pool)
    {
        var all = new NumberRange(1, pool.FilledTo);
        long before = pool.SettledUnconfirmed;
        pool.Leases.Clear();
        pool.Returned.Clear();
        pool.LeasedTo = pool.FilledTo;
        if (pool.FilledTo > 0)
            pool.Leases.Add(new LeaseRow(pool.NextLease++, all, 0, Guid.Empty, Guid.Empty, IsOpen: false, IsRecovery: true));

        pool.SettledUsed = pool.Codes.CountIn(all, CodeStatus.Used);
        pool.SettledVoid = pool.Codes.CountIn(all, CodeStatus.Void);
        pool.SettledUnconfirmed = pool.Codes.CountIn(all, CodeStatus.Open);
        long burned = Math.Max(0, pool.SettledUnconfirmed - before);
        pool.Burn(EpochCloseReason.Recovered, burned);
        return burned;
    }

    private static void RaiseNumbers(PoolState pool, RecoveryRequest request)
    {
        pool.NextLease = Math.Max(pool.NextLease, request.HighestKnownLease) + Jump;
        pool.NextEpoch = Math.Max(pool.NextEpoch, Math.Max(request.HighestKnownEpoch, request.EvidenceEpoch)) + Jump;
        pool.RecoveredEpoch = pool.NextEpoch;
    }
}
