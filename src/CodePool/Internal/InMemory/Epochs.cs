using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>The life of an epoch. Every step matches its number and its token: after a rewind numbers repeat, tokens cannot.</summary>
internal static class Epochs
{
    public static EpochRow? Find(PoolState pool, Epoch epoch) =>
        pool.Epochs.TryGetValue(epoch.Number, out EpochRow? row) && row.Epoch.Token == epoch.Token ? row : null;

    public static Epoch? Open(PoolState pool, EpochRequest request, DateTimeOffset now)
    {
        if (pool.NextEpoch <= request.HighestKnownEpoch)
            throw new StoreRewoundException(pool.Definition.Name, "an epoch number would repeat", request.HighestKnownEpoch);

        bool shared = request.Kind == EpochKind.Redis;
        if (shared && pool.CurrentEpoch != request.Replaces)
            return null;

        EpochRow? old = shared ? pool.Epochs.GetValueOrDefault(pool.CurrentEpoch) : null;
        if (request.OnlyOpening && old?.Epoch.State == EpochState.Open)
            return null;

        if (old is not null)
            Close(pool, old.Epoch, EpochCloseReason.Replaced, now);
        var epoch = new Epoch(
            pool.NextEpoch++, request.Token, request.Kind, request.CacheIdentity, pool.Definition.Consistency,
            shared ? EpochState.Opening : EpochState.Open, Beats: 0);
        pool.Epochs.Add(epoch.Number, new EpochRow(epoch, EpochCloseReason.None, now));
        if (shared)
            pool.CurrentEpoch = epoch.Number;
        return epoch;
    }

    public static bool Activate(PoolState pool, Epoch epoch)
    {
        if (Find(pool, epoch) is not { Epoch.State: EpochState.Opening } row)
            return false;

        pool.Epochs[epoch.Number] = row with { Epoch = row.Epoch with { State = EpochState.Open } };
        return true;
    }

    public static bool Beat(PoolState pool, Epoch epoch)
    {
        if (Find(pool, epoch) is not { } row || row.Epoch.State == EpochState.Closed)
            return false;

        pool.Epochs[epoch.Number] = row with { Epoch = row.Epoch with { Beats = row.Epoch.Beats + 1 } };
        return true;
    }

    public static bool Close(PoolState pool, Epoch epoch, EpochCloseReason reason, DateTimeOffset now)
    {
        if (Find(pool, epoch) is not { } row || row.Epoch.State == EpochState.Closed)
            return false;

        pool.Epochs[epoch.Number] = row.Close(reason, now);
        if (pool.CurrentEpoch == epoch.Number)
            pool.CurrentEpoch = 0;
        return true;
    }

    public static IReadOnlyList<Epoch> List(PoolState pool) =>
    [
        .. pool.Epochs.Values.Select(row => row.Epoch).Where(epoch =>
            epoch.State != EpochState.Closed || pool.OpenLeases.Any(lease => lease.Token == epoch.Token)),
    ];
}
