using CodePool.Providers;

namespace CodePool.Internal.Hosting;

/// <summary>Fills one cache up to its threshold.</summary>
internal sealed class CacheFiller(ICacheEpoch target, Leaser leaser, JournalMarker marker, CodePoolOptions options, TimeProvider time)
{
    private long _lookedForPending;
    private bool _isPending = true;

    /// <summary>Leases and pushes until there are enough codes, or no more to be had.</summary>
    /// <returns>Whether there are codes to take; null when the cache cannot be used now.</returns>
    public async ValueTask<bool?> FillAsync(CancellationToken stopping)
    {
        while (true)
        {
            // A store may answer at once and never look at its token.
            stopping.ThrowIfCancellationRequested();
            if (await target.EnsureAsync(stopping).ConfigureAwait(false) is not { } epoch)
                return null;
            if (await target.Cache.GetLevelsAsync(stopping).ConfigureAwait(false) is not { } levels)
            {
                target.Fenced(epoch);
                continue;
            }

            // The bound on the journal: codes that nobody can mark are not followed by more.
            if (levels.Journaled >= options.MaxJournalLength)
                await marker.RequestAsync().WaitAsync(stopping).ConfigureAwait(false);
            if (levels.Cached >= options.CacheMinThreshold)
                return true;
            if (!await PushPendingAsync(epoch, stopping).ConfigureAwait(false)
                || !await LeaseAsync(epoch, stopping).ConfigureAwait(false))
            {
                return (await target.Cache.GetLevelsAsync(stopping).ConfigureAwait(false))?.Cached > 0;
            }
        }
    }

    /// <summary>
    /// A lease is pending until its push is answered: one that found no room, or no cache, must not be followed by another. A waiting
    /// take asks again at once, and would lease the store empty into nowhere.
    /// </summary>
    private async ValueTask<bool> LeaseAsync(Epoch epoch, CancellationToken stopping)
    {
        _isPending = true;
        bool arrived = await leaser.LeaseAsync(epoch, stopping).ConfigureAwait(false);
        _isPending = !arrived;
        return arrived;
    }

    /// <summary>
    /// What was leased and never arrived goes first. Looked for once an interval only: whoever brings the cache low must not pay for
    /// it each time.
    /// </summary>
    private async ValueTask<bool> PushPendingAsync(Epoch epoch, CancellationToken stopping)
    {
        // A process's own leases go nowhere else: one without an answer is asked for again.
        if (target.Cache.Kind == EpochKind.Process)
            return true;
        if (!_isPending && time.GetElapsedTime(_lookedForPending) < options.MonitorInterval)
            return true;
        _isPending = true;
        _isPending = !await leaser.PushPendingAsync(epoch, stopping).ConfigureAwait(false);
        _lookedForPending = time.GetTimestamp();
        return !_isPending;
    }
}
