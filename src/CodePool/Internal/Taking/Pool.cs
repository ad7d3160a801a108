using CodePool.Internal.Hosting;
using CodePool.Internal.InMemory;
using CodePool.Internal.Telemetry;
using CodePool.Providers;

namespace CodePool.Internal.Taking;

/// <summary>The pool as callers see it.</summary>
internal sealed class Pool(PoolRuntime runtime) : ICodePool, ICodePoolOperations
{
    /// <summary>The short way, Journaled only: a code popped from here is in the journal, which needs no store.</summary>
    private readonly InProcessCache? _journaled =
        runtime.Options.Consistency == CodeConsistency.Journaled ? runtime.Cache : null;

    private readonly TakeQueue _queue = runtime.Queue;

    public string Name => runtime.Name;

    public CodeFormat Format => runtime.Format;

    public bool KeyspaceExhausted => runtime.StoreMonitor.KeyspaceExhausted;

    public ValueTask<string?> TryTakeAsync(CancellationToken cancellationToken = default)
    {
        if (_journaled is { } cache
            && !cancellationToken.IsCancellationRequested
            && !_queue.HasPrecedence
            && cache.TryTake(out string? code))
        {
            return new ValueTask<string?>(code);
        }

        return WaitAsync(cancellationToken);
    }

    public ValueTask<IReadOnlyList<string>> TakeUpToAsync(int maxCount, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxCount);
        if (maxCount == 0)
            return new([]);
        if (_journaled is not { } cache || cancellationToken.IsCancellationRequested || _queue.HasPrecedence)
            return WaitAsync(maxCount, cancellationToken);
        IReadOnlyList<string> codes = cache.TakeUpTo(maxCount);
        return codes.Count == maxCount ? new(codes)
            : codes.Count == 0 ? WaitAsync(maxCount, cancellationToken)
            : GoOnAsync(codes, maxCount, cancellationToken);
    }

    public async ValueTask<CodeInfo?> FindAsync(string code, CancellationToken cancellationToken = default)
    {
        if (!Format.TryNormalize(code, out string? normalized))
            return null;
        await runtime.Opening.EnsureAsync(cancellationToken).ConfigureAwait(false);
        return await runtime.Store.FindAsync(normalized, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<CodePoolLevels> GetLevelsAsync(CancellationToken cancellationToken = default)
    {
        await runtime.Opening.EnsureAsync(cancellationToken).ConfigureAwait(false);

        // Before the snapshot: a refill in between is then in what is leased, and not beyond it.
        long cached = await CachedAsync(cancellationToken).ConfigureAwait(false);
        StoreLevels store = await runtime.Store.GetLevelsAsync(cancellationToken).ConfigureAwait(false);
        return new CodePoolLevels(cached, store.Generated, store.Available, store.Leased, store.Used, store.Unconfirmed, store.Void);
    }

    public async ValueTask<long> FillAsync(
        long target, IProgress<FillProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(target);
        await runtime.Opening.EnsureAsync(cancellationToken).ConfigureAwait(false);
        FillOutcome outcome = await runtime.Filler.FillAsync(target, progress, cancellationToken).ConfigureAwait(false);
        return outcome.Exhausted && outcome.Available < target
            ? throw new CodePoolKeyspaceExhaustedException(Name)
            : outcome.Available;
    }

    public async ValueTask<CodePoolAudit> AuditAsync(CancellationToken cancellationToken = default)
    {
        await runtime.Opening.EnsureAsync(cancellationToken).ConfigureAwait(false);
        return await runtime.Store.AuditAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask ResumeAsync(CancellationToken cancellationToken = default)
    {
        await runtime.Opening.EnsureAsync(cancellationToken).ConfigureAwait(false);
        await runtime.Recovery.ResumeAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> CloseCacheEpochAsync(CancellationToken cancellationToken = default)
    {
        await runtime.Opening.EnsureAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Epoch> epochs = await runtime.Store.GetEpochsAsync(cancellationToken).ConfigureAwait(false);
        return epochs.LastOrDefault(epoch => epoch.Kind == EpochKind.Redis && epoch.State != EpochState.Closed) is { } shared
            && await runtime.Store.CloseEpochAsync(shared, EpochCloseReason.Operator, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for the rest. Whatever ends the wait, the caller has what it had.</summary>
    private async ValueTask<IReadOnlyList<string>> GoOnAsync(IReadOnlyList<string> codes, int maxCount, CancellationToken cancellationToken)
    {
        try
        {
            return [.. codes, .. await WaitAsync(maxCount - codes.Count, cancellationToken).ConfigureAwait(false)];
        }
#pragma warning disable CA1031 // They are taken: nobody else can have them.
        catch (Exception)
#pragma warning restore CA1031
        {
            return codes;
        }
    }

    private async ValueTask<long> CachedAsync(CancellationToken cancellationToken)
    {
        if (runtime.Shared is { Epoch.Current: not null } shared)
        {
            try
            {
                if (await shared.Cache.GetLevelsAsync(cancellationToken).ConfigureAwait(false) is { } levels)
                    runtime.Pops.Saw(levels.Cached, levels.Journaled);
            }
            catch (CodePoolException failure) when (failure is CodePoolCacheUnavailableException or CodePoolConfigurationException)
            {
                shared.Epoch.Suspend(failure);
            }
        }

        return runtime.Pops.Cached;
    }

    private ValueTask<string?> WaitAsync(CancellationToken cancellationToken)
    {
        return runtime.Started && !runtime.Telemetry.TimesWaits
            ? _queue.TakeAsync(cancellationToken)
            : TimeAsync(cancellationToken);
    }

    private async ValueTask<string?> TimeAsync(CancellationToken cancellationToken)
    {
        runtime.ThrowIfNotStarted();
        using PoolTelemetry.Wait wait = runtime.Telemetry.BeginWait();
        return await _queue.TakeAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<IReadOnlyList<string>> WaitAsync(int count, CancellationToken cancellationToken)
    {
        runtime.ThrowIfNotStarted();
        using PoolTelemetry.Wait wait = runtime.Telemetry.BeginWait();
        return await _queue.TakeAsync(count, cancellationToken).ConfigureAwait(false);
    }
}
