using CodePool.Internal.Telemetry;
using CodePool.Providers;
using Microsoft.Extensions.Logging;

namespace CodePool.Internal.Hosting;

/// <summary>
/// Beats for the epochs that this process works in, closes other processes' whose heartbeat stands still, and settles what closed epochs
/// left. Closing one too early or too late changes accounting only.
/// </summary>
internal sealed class EpochKeeper(
    string pool, CodeStore store, ProcessEpoch own, StoreOpening opening, Recovery recovery, LastProof proof,
    PoolTelemetry telemetry, TimeSpan epochTimeout, TimeProvider time, ILogger logger, SharedTier? shared)
    : BackgroundLoop<bool>(pool, epochTimeout / BeatsPerTimeout, time, logger)
{
    private const int BeatsPerTimeout = 6;

    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;

    /// <summary>The beats of others, and since when (on this process's clock) they have stood there: no two clocks are compared.</summary>
    private readonly Dictionary<Guid, (long Beats, long Since)> _seen = [];

    protected override async Task<bool> PassAsync(CancellationToken stopping)
    {
        await opening.EnsureAsync(stopping).ConfigureAwait(false);

        // The store was away, and nobody could beat: others have not stood still of their own accord.
        if (Failure is CodePoolStoreUnavailableException)
            _seen.Clear();
        if (own.Current is { } mine && !await BeatAsync(mine, stopping).ConfigureAwait(false))
            own.Closed(mine);
        if (shared?.Epoch.Current is { } ours && !await BeatAsync(ours, stopping).ConfigureAwait(false))
            shared.Epoch.Closed(ours);

        IReadOnlyList<Epoch> epochs = await store.GetEpochsAsync(stopping).ConfigureAwait(false);
        foreach (Guid gone in _seen.Keys.Except(epochs.Select(e => e.Token)).ToArray())
            _seen.Remove(gone);
        foreach (Epoch other in epochs)
        {
            if (other.State == EpochState.Closed
                ? await MaySettleAsync(other, stopping).ConfigureAwait(false)
                : await CloseIfStaleAsync(other, stopping).ConfigureAwait(false))
            {
                await SettleAsync(other, stopping).ConfigureAwait(false);
            }
        }

        return true;
    }

    protected override Task AnswerAsync(StoreRewoundException rewound, CancellationToken stopping) =>
        recovery.AnswerAsync(rewound, stopping);

    private async ValueTask<bool> BeatAsync(Epoch epoch, CancellationToken stopping)
    {
        long begun = proof.Begin();
        bool beats = await store.BeatAsync(epoch, stopping).ConfigureAwait(false);

        // It is not closed, and a recovery closes them all.
        if (beats)
            proof.Prove(begun);
        return beats;
    }

    private async ValueTask<bool> CloseIfStaleAsync(Epoch other, CancellationToken stopping)
    {
        if (other.Kind != EpochKind.Process || other.Token == own.Current?.Token)
            return false;
        if (!HasStoodStill(other))
            return false;
        _seen.Remove(other.Token);
        if (await store.CloseEpochAsync(other, EpochCloseReason.Stale, stopping).ConfigureAwait(false))
            _logger.EpochStale(PoolName, other.Number, other.CacheIdentity);
        return true;
    }

    private bool HasStoodStill(Epoch other)
    {
        if (_seen.TryGetValue(other.Token, out (long Beats, long Since) seen) && seen.Beats == other.Beats)
            return _time.GetElapsedTime(seen.Since) >= epochTimeout;
        _seen[other.Token] = (other.Beats, _time.GetTimestamp());
        return false;
    }

    /// <summary>
    /// What a shared epoch had handed out lies in its journal: marked first, it does not count as burned. A cache that stays away
    /// is not waited for.
    /// </summary>
    private async ValueTask<bool> MaySettleAsync(Epoch closed, CancellationToken stopping)
    {
        if (closed.Kind == EpochKind.Process || HasStoodStill(closed))
            return true;
        if (shared is null)
            return false;
        try
        {
            // A look that begins now: an older one may be from before the epoch was closed.
            await shared.Epoch.RequestAsync().WaitAsync(stopping).ConfigureAwait(false);
            if (shared.Epoch.View is not { } view || view.Token == closed.Token)
                return false;

            // By its token: a cache whose record was evicted does not know that it had the epoch, and still has its journal.
            await shared.Marker.DrainFrozenAsync(closed, stopping).ConfigureAwait(false);
            return true;
        }
        catch (CodePoolException failure) when (failure is CodePoolCacheUnavailableException or CodePoolConfigurationException)
        {
            return false;
        }
    }

    private async ValueTask SettleAsync(Epoch closed, CancellationToken stopping)
    {
        SettleResult settled = await store.SettleClosedAsync(closed, stopping).ConfigureAwait(false);
        telemetry.Settled(settled, "epoch-closed");
        if (settled.Settled > 0)
            _logger.EpochSettled(PoolName, closed.Number, settled.Returned, settled.Unconfirmed);
    }
}
