using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>Ends leases: what is left of them is returned, or becomes Unconfirmed.</summary>
internal static class Settling
{
    public static SettleResult Settle(PoolState pool, Epoch epoch, IReadOnlyList<LeaseSettlement> leases)
    {
        var sum = default(SettleResult);
        foreach (LeaseSettlement settlement in leases)
        {
            // Only an open lease is settled: one that is settled or gone may have been leased again, and must not be returned twice.
            if (pool.OpenLeases.FirstOrDefault(row => row.Is(settlement.Lease, epoch.Token)) is { } lease)
                sum = Add(sum, SettleOne(pool, lease, settlement.UnseenFrom));
        }

        return sum;
    }

    public static SettleResult SettleClosed(PoolState pool, Epoch epoch)
    {
        if (Epochs.Find(pool, epoch) is not { Epoch.State: EpochState.Closed })
            return default;

        return Settle(pool, epoch, [.. pool.OpenLeases
            .Where(lease => lease.Token == epoch.Token)
            .Select(lease => new LeaseSettlement(lease.Number))]);
    }

    private static SettleResult SettleOne(PoolState pool, LeaseRow lease, long unseenFrom)
    {
        EpochRow? epoch = pool.Epochs.GetValueOrDefault(lease.Epoch);

        // Recorded as Confirmed: nothing was handed out without this store, so what is open was not. The caller's word does not count.
        if (epoch?.Epoch.Consistency == CodeConsistency.Confirmed)
            unseenFrom = lease.Range.First;

        pool.Leases.Remove(lease);
        pool.SettledUsed += pool.Codes.CountIn(lease.Range, CodeStatus.Used);
        pool.SettledVoid += pool.Codes.CountIn(lease.Range, CodeStatus.Void);
        long returned = 0, unconfirmed = 0;
        foreach (NumberRange run in OpenRuns(pool, lease.Range, unseenFrom))
        {
            if (run.First >= unseenFrom)
            {
                pool.Returned.Add(run);
                returned += run.Count;
            }
            else
            {
                pool.Leases.Add(lease with { Range = run, IsOpen = false });
                unconfirmed += run.Count;
            }
        }

        pool.SettledUnconfirmed += unconfirmed;
        pool.Burn(epoch?.BurnReason ?? EpochCloseReason.Stopped, unconfirmed);
        return new SettleResult(1, returned, unconfirmed);
    }

    /// <summary>The exact runs of open codes, cut where the unseen ones begin.</summary>
    private static List<NumberRange> OpenRuns(PoolState pool, NumberRange range, long unseenFrom)
    {
        var runs = new List<NumberRange>();
        foreach (long number in range.Numbers())
        {
            if (pool.Codes.Find(number) is not { Status: CodeStatus.Open })
                continue;

            if (runs.Count > 0 && runs[^1].Last == number - 1 && number != unseenFrom)
                runs[^1] = runs[^1] with { Last = number };
            else
                runs.Add(new NumberRange(number, number));
        }

        return runs;
    }

    private static SettleResult Add(SettleResult a, SettleResult b) =>
        new(a.Settled + b.Settled, a.Returned + b.Returned, a.Unconfirmed + b.Unconfirmed);
}
