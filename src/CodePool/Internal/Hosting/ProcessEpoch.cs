using CodePool.Internal.InMemory;
using CodePool.Internal.Telemetry;
using CodePool.Providers;
using Microsoft.Extensions.Logging;

namespace CodePool.Internal.Hosting;

/// <summary>The epoch of this process, for the cache in its memory.</summary>
internal sealed class ProcessEpoch(string pool, CodeStore store, InProcessCache cache, HighestSeen highest, ILogger logger) : ICacheEpoch
{
    private volatile Epoch? _current;

    public CodeCache Cache => cache;

    /// <summary>The open epoch; null before the first lease, and after others closed it.</summary>
    public Epoch? Current => _current;

    /// <summary>The open epoch, opened now if need be. Called by the cache monitor only.</summary>
    public async ValueTask<Epoch?> EnsureAsync(CancellationToken cancellationToken)
    {
        if (Current is { } current)
            return current;
        string identity = (await cache.LookAsync(cancellationToken).ConfigureAwait(false)).Identity;
        var request = new EpochRequest(EpochKind.Process, Tokens.New(), identity, highest.Epoch);
        Epoch epoch = await store.OpenEpochAsync(request, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException("A process's epoch replaces no other, so it is always inserted.");

        // Before the cache takes it up: a jump of the number drops what the cache holds from before a recovery.
        highest.SawEpoch(epoch.Number);
        await cache.OpenAsync(epoch, cancellationToken).ConfigureAwait(false);
        logger.EpochOpened(pool, epoch.Number);
        return _current = epoch;
    }

    /// <summary>Others closed it, which changes accounting only: the next lease opens a new one.</summary>
    public void Closed(Epoch epoch)
    {
        if (Current?.Token != epoch.Token)
            return;
        _current = null;
        logger.EpochLost(pool, epoch.Number);
    }

    /// <summary>
    /// A sealed cache is being stopped, and the stop returns what was not pushed. Otherwise the cache belongs to another epoch by
    /// now: this one is given up, and its leases are settled when its heartbeat has stood still.
    /// </summary>
    public void Fenced(Epoch epoch)
    {
        if (!cache.IsSealed)
            Closed(epoch);
    }
}
