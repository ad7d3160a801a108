using CodePool.Internal.Telemetry;
using CodePool.Providers;
using Microsoft.Extensions.Logging;

namespace CodePool.Internal.Hosting;

/// <summary>
/// Beats for this process's epoch, closes epochs whose heartbeat stands still, and settles what closed epochs left. Closing
/// one too early or too late changes accounting only.
/// </summary>
internal sealed class EpochKeeper(
    string pool, CodeStore store, ProcessEpoch own, StoreOpening opening, Recovery recovery,
    PoolTelemetry telemetry, TimeSpan epochTimeout, TimeProvider time, ILogger logger)
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
        if (own.Current is { } epoch && !await store.BeatAsync(epoch, stopping).ConfigureAwait(false))
            own.Lost(epoch);

        IReadOnlyList<Epoch> epochs = await store.GetEpochsAsync(stopping).ConfigureAwait(false);
        foreach (Guid gone in _seen.Keys.Except(epochs.Select(e => e.Token)).ToArray())
            _seen.Remove(gone);
        foreach (Epoch other in epochs)
        {
            if (other.State == EpochState.Closed || await CloseIfStaleAsync(other, stopping).ConfigureAwait(false))
                await SettleAsync(other, stopping).ConfigureAwait(false);
        }

        return true;
    }

    protected override Task AnswerAsync(StoreRewoundException rewound, CancellationToken stopping) =>
        recovery.AnswerAsync(rewound, stopping);

    private async ValueTask<bool> CloseIfStaleAsync(Epoch other, CancellationToken stopping)
    {
        if (other.Kind != EpochKind.Process || other.Token == own.Current?.Token)
            return false;
        if (!_seen.TryGetValue(other.Token, out (long Beats, long Since) seen) || seen.Beats != other.Beats)
        {
            _seen[other.Token] = (other.Beats, _time.GetTimestamp());
            return false;
        }

        if (_time.GetElapsedTime(seen.Since) < epochTimeout)
            return false;
        _seen.Remove(other.Token);
        if (await store.CloseEpochAsync(other, EpochCloseReason.Stale, stopping).ConfigureAwait(false))
            _logger.EpochStale(PoolName, other.Number, other.CacheIdentity);
        return true;
    }

    private async ValueTask SettleAsync(Epoch closed, CancellationToken stopping)
    {
        SettleResult settled = await store.SettleClosedAsync(closed, stopping).ConfigureAwait(false);
        telemetry.Settled(settled, "epoch-closed");
        if (settled.Settled > 0)
            _logger.EpochSettled(PoolName, closed.Number, settled.Returned, settled.Unconfirmed);
    }
}
