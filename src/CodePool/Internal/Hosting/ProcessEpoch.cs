using CodePool.Internal.InMemory;
using CodePool.Internal.Telemetry;
using CodePool.Providers;
using Microsoft.Extensions.Logging;

namespace CodePool.Internal.Hosting;

/// <summary>The epoch of this process, for the cache in its memory; and the highest numbers it has ever seen.</summary>
internal sealed class ProcessEpoch(string pool, CodeStore store, InProcessCache cache, ILogger logger)
{
    /// <summary>A recovery raises epoch numbers by at least this much, which nothing else does.</summary>
    private const long RecoveryJump = 1L << 20;

    private long _highestLease;
    private long _highestEpoch;
    private volatile Epoch? _current;

    /// <summary>The open epoch; null before the first lease, and after others closed it.</summary>
    public Epoch? Current => _current;

    public long HighestLease => Interlocked.Read(ref _highestLease);

    public long HighestEpoch => Interlocked.Read(ref _highestEpoch);

    /// <summary>The open epoch, opened now if need be. Called by the cache monitor only.</summary>
    public async ValueTask<Epoch> EnsureAsync(CancellationToken cancellationToken)
    {
        if (Current is { } current)
            return current;
        string identity = await cache.GetIdentityAsync(cancellationToken).ConfigureAwait(false);
        var request = new EpochRequest(EpochKind.Process, Tokens.New(), identity, HighestEpoch);
        Epoch epoch = await store.OpenEpochAsync(request, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException("A process's epoch replaces no other, so it is always inserted.");

        // Somebody, perhaps another process, has answered a database that went back in time: what this process holds may have been leased again.
        if (HighestEpoch > 0 && epoch.Number - HighestEpoch >= RecoveryJump)
        {
            cache.Drop(HighestEpoch);
            logger.EpochsRecovered(pool, epoch.Number);
        }

        _highestEpoch = Math.Max(_highestEpoch, epoch.Number);
        await cache.OpenAsync(epoch, cancellationToken).ConfigureAwait(false);
        logger.EpochOpened(pool, epoch.Number);
        return _current = epoch;
    }

    /// <summary>Others closed it, which changes accounting only: the next lease opens a new one.</summary>
    public void Lost(Epoch epoch)
    {
        if (Current?.Token != epoch.Token)
            return;
        _current = null;
        logger.EpochLost(pool, epoch.Number);
    }

    public void Saw(Lease lease) => _highestLease = Math.Max(_highestLease, lease.Number);
}
