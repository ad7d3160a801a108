using CodePool.Internal.Telemetry;
using CodePool.Providers;
using Microsoft.Extensions.Logging;

namespace CodePool.Internal.Hosting;

/// <summary>
/// Drains the journal into the store: reads its head, marks it, and only then trims it. Then settles the leases of which
/// nothing is left. The outcome of a pass is the number of codes marked.
/// </summary>
internal sealed class JournalMarker(
    string pool, CodeStore store, CodeCache cache, StoreOpening opening, Recovery recovery,
    PoolTelemetry telemetry, TimeSpan interval, TimeProvider time, ILogger logger, SharedEpoch? shared = null)
    : BackgroundLoop<int>(pool, interval, time, logger)
{
    private const int BatchSize = 5_000;

    private const int StopAttempts = 60;

    /// <summary>With the attempts a little longer than a claim on the journal lasts whose owner has died.</summary>
    private static readonly TimeSpan StopPause = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;

    /// <summary>Marks all that is in the journal now. What is taken meanwhile is for the next pass: takes that never pause must not keep this one from ending.</summary>
    public async Task<int> DrainAsync(CancellationToken cancellationToken) =>
        (await DrainOnceAsync(cancellationToken).ConfigureAwait(false)).Marked;

    /// <summary>The same for a stop, after which this process's codes would wait for another: somebody else's batch is waited for.</summary>
    public async Task DrainToEndAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < StopAttempts; attempt++)
        {
            if (!(await DrainOnceAsync(cancellationToken).ConfigureAwait(false)).LeftToOthers)
                return;
            await Task.Delay(StopPause, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<(int Marked, bool LeftToOthers)> DrainOnceAsync(CancellationToken cancellationToken)
    {
        int marked = 0;
        long left = (await cache.GetLevelsAsync(cancellationToken).ConfigureAwait(false))?.Journaled ?? 0;
        while (left > 0 && await cache.ReadJournalAsync(BatchSize, cancellationToken).ConfigureAwait(false) is { } batch)
        {
            left -= batch.Length;
            marked += await MarkAsync(batch, cancellationToken).ConfigureAwait(false);

            // Durable before it is trimmed: a crash between the two marks again, which changes nothing.
            await cache.TrimJournalAsync(batch, cancellationToken).ConfigureAwait(false);
        }

        return (marked, left > 0);
    }

    /// <summary>What was taken in an epoch that is closed, and not marked yet. Repeating it changes nothing.</summary>
    public async ValueTask<int> DrainFrozenAsync(Epoch closed, CancellationToken cancellationToken)
    {
        int marked = 0;
        long read = 0;
        while (await cache.ReadFrozenAsync(closed, read, BatchSize, cancellationToken).ConfigureAwait(false) is { } batch)
        {
            read += batch.Entries;
            marked += await MarkAsync(batch, cancellationToken).ConfigureAwait(false);
        }

        await cache.DropFrozenAsync(closed, read, cancellationToken).ConfigureAwait(false);
        return marked;
    }

    protected override async Task<int> PassAsync(CancellationToken stopping)
    {
        await opening.EnsureAsync(stopping).ConfigureAwait(false);
        try
        {
            int marked = await DrainAsync(stopping).ConfigureAwait(false);
            foreach (Epoch closed in shared?.View?.Frozen ?? [])
                marked += await DrainFrozenAsync(closed, stopping).ConfigureAwait(false);
            await SettleFinishedAsync(stopping).ConfigureAwait(false);
            return marked;
        }
        catch (CodePoolCacheUnavailableException failure)
        {
            // The loop of the shared epoch says so in the log, once.
            shared?.Suspend(failure);
            return 0;
        }
    }

    protected override Task AnswerAsync(StoreRewoundException rewound, CancellationToken stopping) =>
        recovery.AnswerAsync(rewound, stopping);

    private async ValueTask<int> MarkAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Length > batch.Codes.Count)
        {
            // Whatever these are, they must not block the drain.
            telemetry.Undelivered(batch.Length - batch.Codes.Count, "malformed");
            _logger.MalformedEntries(PoolName, batch.Length - batch.Codes.Count);
        }

        if (batch.Codes.Count == 0)
            return 0;
        using PoolTelemetry.Step step = telemetry.Begin("mark");
        MarkResult result = await store.MarkAsync(batch.Epoch, batch.Codes, cancellationToken).ConfigureAwait(false);
        telemetry.Marked(result.Marked);
        if (result.Unplaced.Count == 0)
            return result.Marked;

        // A recovery has run since this epoch was opened, and these codes were forgotten before it: they are in customers' hands.
        int inserted = await store.AdoptAsync([.. result.Unplaced.Select(c => c.Code)], cancellationToken).ConfigureAwait(false);
        _logger.CodesAdopted(PoolName, result.Unplaced.Count, inserted);
        return result.Marked + result.Unplaced.Count;
    }

    private async ValueTask SettleFinishedAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<FinishedLease> finished = await cache.GetFinishedLeasesAsync(cancellationToken).ConfigureAwait(false);
        foreach (IGrouping<Guid, FinishedLease> leases in finished.GroupBy(lease => lease.Epoch.Token))
        {
            Epoch epoch = leases.First().Epoch;
            LeaseSettlement[] settlements = [.. leases.Select(lease => new LeaseSettlement(lease.Lease, lease.UnseenFrom))];
            SettleResult settled = await store.SettleAsync(epoch, settlements, cancellationToken).ConfigureAwait(false);
            telemetry.Settled(settled, "finished");
            long settledTo = await SettledToAsync(epoch, leases.Max(lease => lease.Lease), cancellationToken).ConfigureAwait(false);
            await cache.ForgetAsync([.. leases], settledTo, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Up to where the store has settled every lease of the epoch. Lease numbers are committed in their order: when one is settled, every
    /// lower one is there to be listed, pushed or not.
    /// </summary>
    private async ValueTask<long> SettledToAsync(Epoch epoch, long settled, CancellationToken cancellationToken)
    {
        if (shared is null)
            return settled;
        IReadOnlyList<long> open = await store.ListOpenLeasesAsync(epoch, cancellationToken).ConfigureAwait(false);
        return open.Count > 0 ? Math.Min(settled, open[0] - 1) : settled;
    }
}
