using CodePool.Internal.InMemory;
using CodePool.Internal.Telemetry;
using CodePool.Providers;
using Microsoft.Extensions.Logging;

namespace CodePool.Internal.Hosting;

/// <summary>Keeps the cache above its threshold: leases ranges and pushes them. The outcome of a pass says whether there are codes to take.</summary>
internal sealed class CacheMonitor(
    string pool, CodeStore store, InProcessCache cache, ProcessEpoch epochs, StoreOpening opening, JournalMarker marker,
    StoreMonitor storeMonitor, Recovery recovery, PoolTelemetry telemetry, CodePoolOptions options, TimeProvider time, ILogger logger)
    : BackgroundLoop<bool>(pool, options.MonitorInterval, time, logger)
{
    /// <summary>A lease that was asked for and never answered: it may be in the store, and is asked for again until it is found.</summary>
    private LeaseRequest? _unanswered;

    protected override async Task<bool> PassAsync(CancellationToken stopping)
    {
        await opening.EnsureAsync(stopping).ConfigureAwait(false);

        // Even while the cache is full: a new epoch tells why the last one was closed.
        await epochs.EnsureAsync(stopping).ConfigureAwait(false);
        while (cache.Cached < options.CacheMinThreshold)
        {
            // A store may answer at once and never look at its token.
            stopping.ThrowIfCancellationRequested();

            // The bound on the journal: codes that nobody can mark are not followed by more.
            CacheLevels levels = await cache.GetLevelsAsync(stopping).ConfigureAwait(false);
            if (levels.Journaled >= options.MaxJournalLength)
                await marker.RequestAsync().WaitAsync(stopping).ConfigureAwait(false);
            if (!await LeaseAsync(stopping).ConfigureAwait(false))
                return cache.Cached > 0;
        }

        return true;
    }

    protected override Task AnswerAsync(StoreRewoundException rewound, CancellationToken stopping) =>
        recovery.AnswerAsync(rewound, stopping);

    /// <summary>One lease, pushed; false when the store has no codes, or the cache takes no more.</summary>
    private async ValueTask<bool> LeaseAsync(CancellationToken stopping)
    {
        using PoolTelemetry.Step step = telemetry.Begin("lease");
        Epoch epoch = await epochs.EnsureAsync(stopping).ConfigureAwait(false);
        LeaseResult result = await LeaseOnceAsync(epoch, stopping).ConfigureAwait(false);
        recovery.Passed();
        if (result.Outcome == LeaseOutcome.EpochClosed)
        {
            epochs.Lost(epoch);
            return true;
        }

        bool pushed = await PushAsync(epoch, result.Leases, stopping).ConfigureAwait(false);
        if (result.Available < options.StoreMinThreshold && options.RunMonitors)
            storeMonitor.Wake();
        return pushed && result.Outcome == LeaseOutcome.Leased;
    }

    /// <summary>False when the cache refuses: leasing on would empty the store into nowhere.</summary>
    private async ValueTask<bool> PushAsync(Epoch epoch, IReadOnlyList<Lease> leases, CancellationToken stopping)
    {
        CacheStatus status = CacheStatus.Ok;
        foreach (Lease lease in leases)
        {
            epochs.Saw(lease);
            telemetry.Leased(lease.Codes.Count);
            status = await cache.PushAsync(epoch, lease, stopping).ConfigureAwait(false);
        }

        if (status != CacheStatus.Fenced)
            return true;

        // A sealed cache is being stopped, and the stop returns what was not pushed. Otherwise the cache belongs to another
        // epoch by now: this one is given up, and its leases are settled when its heartbeat has stood still.
        if (!cache.IsSealed)
            epochs.Lost(epoch);
        return false;
    }

    /// <summary>
    /// Tries once more, and in later passes, under the same operation id: an attempt whose commit was acknowledged to nobody is
    /// found, not repeated. Otherwise a store that loses its replies would be leased empty.
    /// </summary>
    private async ValueTask<LeaseResult> LeaseOnceAsync(Epoch epoch, CancellationToken stopping)
    {
        if (_unanswered is not { } request || request.Epoch.Token != epoch.Token)
            request = new LeaseRequest(epoch, Tokens.New(), options.CacheRefillBatch, epochs.HighestLease);
        _unanswered = request;
        LeaseResult result;
        try
        {
            result = await store.LeaseAsync(request, stopping).ConfigureAwait(false);
        }
        catch (CodePoolStoreUnavailableException)
        {
            result = await store.LeaseAsync(request, stopping).ConfigureAwait(false);
        }

        _unanswered = null;
        return result;
    }
}
