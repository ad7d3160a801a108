using System.Runtime.CompilerServices;

namespace CodePool.Internal.Taking;

/// <content>One turn: asks the source, hands out, waits for a refill.</content>
internal sealed partial class TakeQueue
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))] // A lone take pays for each of its steps' boxes.
    private async ValueTask ServeAsync(TakeGroup group)
    {
        bool starving = false;
        try
        {
            // When the group got its last codes, and how long it has been asking since.
            long served = long.MinValue;
            long asking = 0;
            while (group.Missing() is var missing && missing > 0)
            {
                // Nobody waits for those who wait on.
                group.Resume();
                if (group.Waiting < group.UnderWay)
                    Shrink(group);
                int era = _undelivered.Era;
                IReadOnlyList<string> codes = _undelivered.Take(missing);
                bool asks = codes.Count == 0;
                if (asks)
                {
                    // A source that goes on giving, to a caller who wants very many, must not keep a stop from ending.
                    if (_closed is not null)
                    {
                        group.Fail(_closed);
                        return;
                    }

                    // A cache that did not answer has used up time that is for the refill.
                    long asked = time.GetTimestamp();
                    codes = await source.TakeAsync(missing).ConfigureAwait(false);
                    asking += time.GetTimestamp() - asked;
                }

                if (codes.Count > 0)
                {
                    // Codes that are held ask the store, whose answer is the proof; an answer that comes too late for that is none.
                    if (!TryDeliver(group, codes, era) && asks)
                        throw proof!.Overdue();
                    served = time.GetTimestamp();
                    asking = 0;
                    continue;
                }

                Starve(ref starving);
                if (_closed is null && !await ReplenishAsync(Math.Max(served, group.EnqueuedAt) + asking).ConfigureAwait(false))
                    group.Finish();
            }
        }
        finally
        {
            if (starving)
                Interlocked.Decrement(ref _starving);
        }
    }

    /// <summary>
    /// Nobody waits for a refill while there are codes that another leader had left over, or whose callers have gone. Beside codes that are held
    /// a pool is not empty, whatever the store has.
    /// </summary>
    private async ValueTask<bool> ReplenishAsync(long since)
    {
        try
        {
            if (await replenish(since, _undelivered.Arrival()).ConfigureAwait(false))
                return true;
            return !_undelivered.AreHeld ? _undelivered.Count > 0 : throw proof!.Overdue();
        }
        catch (CodePoolException) when (_undelivered.Any)
        {
            return true;
        }
    }

    private void Starve(ref bool starving)
    {
        if (starving)
            return;
        starving = true;
        Interlocked.Increment(ref _starving);
    }

    /// <returns>False when they are held: they wait with the others.</returns>
    private bool TryDeliver(TakeGroup group, IReadOnlyList<string> codes, int era)
    {
        // This look carries promise 1 when a database went back in time: the last one before the codes are the callers', however long ago they were
        // claimed. What remains is a process that stands still in the lines between here and the offer, for what is left of EpochTimeout; or whose
        // monotonic clock does, while its machine sleeps.
        string[] offered = codes as string[] ?? [.. codes];
        bool mayGive = _undelivered.MayHandOut(era);
        int given = mayGive ? group.Deliver(offered, era) : 0;
        if (given == offered.Length)
            return true;
        if (_undelivered.TryAdd(offered.Skip(given), era))
            return mayGive;
        OnForgotten?.Invoke(offered.Length - given);
        return true;
    }
}
