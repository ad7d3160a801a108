using CodePool.Internal.Telemetry;
using CodePool.Providers;

namespace CodePool.Internal.Hosting;

/// <summary>Leases ranges for one cache and pushes them to it.</summary>
internal sealed class Leaser(
    CodeStore store, ICacheEpoch target, HighestSeen highest, StoreMonitor storeMonitor, Recovery recovery, LastProof proof,
    PoolTelemetry telemetry, CodePoolOptions options)
{
    /// <summary>A lease that was asked for and never answered: it may be in the store, and is asked for again until it is found.</summary>
    private LeaseRequest? _unanswered;

    /// <summary>What the cache remembers now, before a lease begins: the store must not give any of it again.</summary>
    public void Saw(CacheLevels levels) => highest.SawLease(levels.HighestLease);

    /// <summary>One lease, pushed.</summary>
    public async ValueTask<LeaseStep> LeaseAsync(Epoch epoch, CancellationToken stopping)
    {
        using PoolTelemetry.Step step = telemetry.Begin("lease");
        long begun = proof.Begin();
        LeaseResult result = await LeaseOnceAsync(epoch, stopping).ConfigureAwait(false);
        recovery.Passed();
        if (result.Outcome == LeaseOutcome.EpochClosed)
        {
            target.Closed(epoch);
            return LeaseStep.Done;
        }

        // Of an epoch that is open, even if the store is empty; a recovery closes them all.
        proof.Prove(begun);
        telemetry.Leased(result.Leases.Sum(lease => lease.Codes.Count));
        bool pushed = await PushAsync(epoch, result.Leases, stopping).ConfigureAwait(false);
        if (result.Available < options.StoreMinThreshold && options.RunMonitors)
            storeMonitor.Wake();
        if (!pushed)
            return LeaseStep.Refused;
        return result.Outcome == LeaseOutcome.Leased ? LeaseStep.Done : LeaseStep.StoreEmpty;
    }

    /// <summary>
    /// Pushes open leases that the cache does not know: their process died before the push, its reply was lost, or there was no room.
    /// </summary>
    /// <returns>False when the cache takes no more.</returns>
    public async ValueTask<bool> PushPendingAsync(Epoch epoch, CancellationToken stopping)
    {
        IReadOnlyList<long> open = await store.ListOpenLeasesAsync(epoch, stopping).ConfigureAwait(false);
        if (open.Count == 0)
            return true;
        if (await target.Cache.FindUnknownAsync(epoch, open, stopping).ConfigureAwait(false) is not { } unknown)
        {
            // Leased all the same, the next batch would lie in an epoch that takes nothing any more.
            target.Fenced(epoch);
            return false;
        }

        if (unknown.Count == 0)
            return true;
        IReadOnlyList<Lease> leases = await store.GetOpenLeasesAsync(epoch, stopping).ConfigureAwait(false);
        return await PushAsync(epoch, [.. leases.Where(lease => unknown.Contains(lease.Number))], stopping).ConfigureAwait(false);
    }

    /// <summary>False when the cache refuses: leasing on would empty the store into nowhere.</summary>
    private async ValueTask<bool> PushAsync(Epoch epoch, IReadOnlyList<Lease> leases, CancellationToken stopping)
    {
        foreach (Lease lease in leases)
            highest.SawLease(lease.Number);
        foreach (Lease lease in leases)
        {
            CacheStatus status = await target.Cache.PushAsync(epoch, lease, stopping).ConfigureAwait(false);
            if (status == CacheStatus.Fenced)
                target.Fenced(epoch);
            if (status is CacheStatus.Fenced or CacheStatus.Full)
                return false;
        }

        return true;
    }

    /// <summary>
    /// Tries once more, and in later passes, under the same operation id: an attempt whose commit was acknowledged to nobody is
    /// found, not repeated. Otherwise a store that loses its replies would be leased empty.
    /// </summary>
    private async ValueTask<LeaseResult> LeaseOnceAsync(Epoch epoch, CancellationToken stopping)
    {
        if (_unanswered is not { } request || request.Epoch.Token != epoch.Token)
            request = new LeaseRequest(epoch, Tokens.New(), options.CacheRefillBatch, 0);
        _unanswered = request;
        LeaseResult result;
        try
        {
            result = await store.LeaseAsync(request with { HighestKnownLease = highest.Lease }, stopping).ConfigureAwait(false);
        }
        catch (CodePoolStoreUnavailableException)
        {
            result = await store.LeaseAsync(request with { HighestKnownLease = highest.Lease }, stopping).ConfigureAwait(false);
        }

        _unanswered = null;
        return result;
    }
}
