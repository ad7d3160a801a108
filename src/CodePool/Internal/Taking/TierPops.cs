using System.Runtime.CompilerServices;
using CodePool.Internal.Hosting;
using CodePool.Internal.InMemory;
using CodePool.Internal.Telemetry;
using CodePool.Providers;

namespace CodePool.Internal.Taking;

/// <summary>
/// Pops from the shared cache, and while there is none, or none that can be used, from this process's own. A pop is never repeated: what
/// one that got no reply may have taken is counted, and handed out to nobody.
/// </summary>
internal sealed class TierPops(
    InProcessCache local, SharedTier? shared, CacheMonitor monitor, CodePoolOptions options, PoolTelemetry telemetry)
{
    private long _taken;
    private long _cached;
    private long _journaled;

    /// <summary>Codes popped in this process so far.</summary>
    public long Popped => local.Taken + Interlocked.Read(ref _taken);

    /// <summary>Codes ready to be popped: in the shared cache when last seen, and in this process.</summary>
    public long Cached => local.Cached + (shared?.Epoch.Current is null ? 0 : Interlocked.Read(ref _cached));

    /// <summary>Codes in the shared journal, when last seen.</summary>
    public long Journaled => Interlocked.Read(ref _journaled);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // A lone take pays for each of its steps' boxes.
    public async ValueTask<PopResult> PopAsync(int maxCount)
    {
        if (shared?.Epoch.Current is { } epoch)
        {
            PopResult pop = await PopSharedAsync(shared, epoch, maxCount).ConfigureAwait(false);
            if (pop.Codes.Count > 0)
                return pop;
        }

        // In memory, so this completes at once.
        return await local.PopAsync(maxCount, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Remembers what the shared cache holds.</summary>
    public void Saw(long cached, long journaled)
    {
        Interlocked.Exchange(ref _cached, cached);
        Interlocked.Exchange(ref _journaled, journaled);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // A lone take pays for each of its steps' boxes.
    private async ValueTask<PopResult> PopSharedAsync(SharedTier tier, Epoch epoch, int maxCount)
    {
        try
        {
            PopResult pop = await tier.Cache.PopAsync(maxCount, CancellationToken.None).ConfigureAwait(false);
            if (pop.Status == CacheStatus.Fenced)
                tier.Epoch.Fenced(pop.Epoch ?? epoch);
            else
                Follow(tier, pop);
            return pop.Status == CacheStatus.Ok ? pop : pop with { Codes = [] };
        }
        catch (CodePoolException failure) when (failure is CodePoolCacheUnavailableException or CodePoolConfigurationException)
        {
            // One that a person must mend (access denied) stops takes no more than one that is away: the loop of the shared epoch says so.
            // In a Confirmed pool the codes of a lost reply go back after a grace.
            if (options.Consistency == CodeConsistency.Journaled)
                telemetry.Undelivered((failure as CodePoolCacheUnavailableException)?.PossiblyTaken ?? 0, "reply-lost");
            tier.Epoch.Suspend(failure);
            return new PopResult(CacheStatus.Fenced, null, [], 0);
        }
    }

    private void Follow(SharedTier tier, PopResult pop)
    {
        Interlocked.Add(ref _taken, pop.Codes.Count);
        if (pop.Codes.Count > 0)
            tier.Epoch.Served();
        Saw(pop.Remaining, pop.Journaled);
        if (pop.Remaining < options.CacheMinThreshold)
            monitor.Wake();
        if (pop.Journaled > options.MaxJournalLength / 4)
            tier.Marker.Wake();
    }
}
