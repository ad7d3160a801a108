using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>Writes what left a Journaled cache.</summary>
internal static class Marking
{
    private enum Place
    {
        Open,
        Settled,
        Done,
        None,
    }

    public static MarkResult Mark(PoolState pool, Epoch epoch, IReadOnlyList<LeasedCode> codes, DateTimeOffset now)
    {
        // Codes come in the order in which they were taken: the next one mostly is of the same lease.
        LeaseRow? near = null;
        var unplaced = new List<LeasedCode>(codes.Where(code => PlaceOf(pool, epoch, code, ref near) == Place.None));

        // Before anything is changed: evidence of a lost future must not leave half a batch behind.
        if (unplaced.Count > 0 && epoch.Number >= pool.RecoveredEpoch)
            throw new StoreRewoundException(pool.Definition.Name, "a taken code has no place here", epoch.Number);

        int marked = 0, late = 0;
        foreach (LeasedCode code in codes)
        {
            // Asked again, because a batch may hold a code twice.
            Place place = PlaceOf(pool, epoch, code, ref near);
            if (place is Place.Done or Place.None)
                continue;

            pool.Codes.Find(code.Number)!.Use(now);
            marked++;
            if (place == Place.Settled)
            {
                late++;
                pool.SettledUnconfirmed--;
                pool.SettledUsed++;
            }
        }

        return new MarkResult(marked, late, unplaced);
    }

    private static Place PlaceOf(PoolState pool, Epoch epoch, LeasedCode code, ref LeaseRow? near)
    {
        if (pool.Codes.Find(code.Number, code.Code) is { Status: CodeStatus.Open })
        {
            // Settled rows are exact runs, so what was returned is in none: a code that may be leased again is not marked by its last holder.
            if (near is null || !Holds(near))
                near = pool.Leases.Find(Holds);
            if (near is not null)
                return near.IsOpen ? Place.Open : Place.Settled;
        }

        // Used and Void are final: there is nothing left to write, and it is no evidence of anything.
        return pool.Codes.Find(code.Code) is null or { Status: CodeStatus.Open } ? Place.None : Place.Done;

        bool Holds(LeaseRow row) => row.Range.Contains(code.Number) && (row.IsRecovery || row.Is(code.Lease, epoch.Token));
    }
}
