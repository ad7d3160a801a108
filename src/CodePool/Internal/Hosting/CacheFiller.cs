using CodePool.Providers;

namespace CodePool.Internal.Hosting;

/// <summary>Fills one cache up to its threshold.</summary>
internal sealed class CacheFiller(ICacheEpoch target, Leaser leaser, JournalMarker marker, CodePoolOptions options, TimeProvider time)
{
    /// <summary>The epoch of the two below, which begin anew with each.</summary>
    private Guid _epoch;

    /// <summary>Whether there may be a lease that never arrived in the cache.</summary>
    private bool _isPending = true;

    /// <summary>When the store was last asked for such leases; null: to be asked at once.</summary>
    private long? _askedForPending;

    /// <summary>Told what the cache holds, each time that was asked.</summary>
    public Action<CacheLevels>? OnLevels { get; set; }

    /// <summary>Leases and pushes until there are enough codes, or no more to be had.</summary>
    /// <returns>Whether there are codes to take; null when the cache cannot be used now, or is empty and takes none.</returns>
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

            OnLevels?.Invoke(levels);
            leaser.Saw(levels);

            // The bound on the journal: codes that nobody can mark are not followed by more.
            if (levels.Journaled >= options.MaxJournalLength
                && await marker.RequestAsync().WaitAsync(stopping).ConfigureAwait(false) == 0)
            {
                return levels.Cached > 0;
            }

            if (levels.Cached >= options.CacheMinThreshold)
                return true;
            LeaseStep step = await PushPendingAsync(epoch, stopping).ConfigureAwait(false)
                ? await LeaseAsync(epoch, stopping).ConfigureAwait(false)
                : LeaseStep.Refused;
            if (step != LeaseStep.Done)
                return await HasCodesAsync(stopping).ConfigureAwait(false) ? true : step == LeaseStep.Refused ? null : false;
        }
    }

    private async ValueTask<bool> HasCodesAsync(CancellationToken stopping) =>
        (await target.Cache.GetLevelsAsync(stopping).ConfigureAwait(false))?.Cached > 0;

    /// <summary>
    /// What was leased and never arrived goes first. Looked for once an interval only: whoever brings the cache low must not pay for
    /// it each time, and a cache that is full is not asked again at once.
    /// </summary>
    /// <returns>False when the cache takes no more.</returns>
    private async ValueTask<bool> PushPendingAsync(Epoch epoch, CancellationToken stopping)
    {
        // A process's own leases go nowhere else: one without an answer is asked for again.
        if (target.Cache.Kind == EpochKind.Process)
            return true;
        if (_epoch != epoch.Token)
            (_epoch, _isPending, _askedForPending) = (epoch.Token, true, null);
        if (_askedForPending is { } asked && time.GetElapsedTime(asked) < options.MonitorInterval)
            return !_isPending;
        _isPending = true;
        _isPending = !await leaser.PushPendingAsync(epoch, stopping).ConfigureAwait(false);
        _askedForPending = time.GetTimestamp();
        return !_isPending;
    }

    /// <summary>Pending until it has arrived: a cache that refuses must not be leased for again and again, which would empty the store.</summary>
    private async ValueTask<LeaseStep> LeaseAsync(Epoch epoch, CancellationToken stopping)
    {
        long? asked = _askedForPending;
        (_isPending, _askedForPending) = (true, null);
        LeaseStep step = await leaser.LeaseAsync(epoch, stopping).ConfigureAwait(false);
        (_isPending, _askedForPending) = step == LeaseStep.Refused ? (true, time.GetTimestamp()) : (false, asked);
        return step;
    }
}
