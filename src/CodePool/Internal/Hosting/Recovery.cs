using CodePool.Internal.InMemory;
using CodePool.Internal.Telemetry;
using CodePool.Providers;
using Microsoft.Extensions.Logging;

namespace CodePool.Internal.Hosting;

/// <summary>Answers a database that went back in time, and holds the pool when only a person can say that it may go on.</summary>
internal sealed class Recovery(
    string pool, CodeStore store, InProcessCache cache, ProcessEpoch epochs, HighestSeen highest, CodeFormat format, ILogger logger)
    : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>The epoch that all processes share, if there is one.</summary>
    public SharedEpoch? Shared { get; set; }

    /// <summary>Called when the store may have forgotten what this process confirmed before a recovery.</summary>
    public Action? OnForgotten { get; set; }

    /// <summary>Whether the pool is stopped until <see cref="ICodePoolOperations.ResumeAsync"/>.</summary>
    public bool WaitsForOperator { get; private set; }

    public void Dispose() => _gate.Dispose();

    /// <summary>The store did what it refuses while it recovers: another process may have resumed the pool.</summary>
    public void Passed() => WaitsForOperator = false;

    /// <exception cref="CodePoolConfigurationException">The keyspace is not sparse, and the operator has not resumed the pool.</exception>
    public async Task AnswerAsync(StoreRewoundException rewound, CancellationToken cancellationToken)
    {
        StoreLevels levels = await store.GetLevelsAsync(cancellationToken).ConfigureAwait(false);
        bool sparse = format.GuessProbability(levels.Generated) <= StoreMonitor.MaxGuessProbability;
        if (!await RecoverAsync(rewound, resume: sparse, cancellationToken).ConfigureAwait(false))
        {
            throw new CodePoolConfigurationException(
                pool, "stopped: its database went back in time, and its keyspace is so full that codes handed out and forgotten could be drawn again. Check what was handed out, then call ICodePoolOperations.ResumeAsync.");
        }
    }

    public async ValueTask ResumeAsync(CancellationToken cancellationToken)
    {
        await RecoverAsync(rewound: null, resume: true, cancellationToken).ConfigureAwait(false);
        logger.PoolResumed(pool);
    }

    /// <returns>Whether the pool goes on.</returns>
    private async ValueTask<bool> RecoverAsync(StoreRewoundException? rewound, bool resume, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            long before = highest.Epoch;
            var request = new RecoveryRequest(rewound?.EvidenceEpoch ?? 0, highest.Lease, before, resume);
            RecoveryResult result = await RecoverOnceAsync(request, cancellationToken).ConfigureAwait(false);

            // The store may have leased to others what lies in this process's memory: none of it is handed out any more. Nor is
            // what is left of epochs that were lost earlier; but an epoch opened since the recovery is sound.
            Epoch? own = epochs.Current;
            bool alive = own is not null && await IsAliveAsync(own, before, result, cancellationToken).ConfigureAwait(false);
            cache.Drop(alive ? Math.Min(before, own!.Number - 1) : Math.Max(before, own?.Number ?? 0));
            if (own is not null && !alive)
                epochs.Closed(own);

            // Joined, not only open now: one that is away for the moment must not be joined again.
            Epoch? joined = Shared?.Joined;
            bool away = joined is not null && !await IsAliveAsync(joined, before, result, cancellationToken).ConfigureAwait(false);
            if (away)
                Shared!.Closed(joined!);
            if (result.Performed || away || (own is not null && !alive))
                OnForgotten?.Invoke();

            // Several loops may notice it: said once, and inside the gate.
            if (rewound is not null && result.Performed && !WaitsForOperator)
                logger.DatabaseWentBack(pool, rewound.Evidence, result.Unconfirmed);
            WaitsForOperator = !result.Resumed;
            return result.Resumed;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>
    /// Whether an epoch is still open. One that was opened while the recovery was under way may have been closed by it, and its number
    /// does not tell: the store does. Without its answer the number must do: what is taken for dead cannot be taken from until the store is back.
    /// </summary>
    private async ValueTask<bool> IsAliveAsync(Epoch epoch, long before, RecoveryResult result, CancellationToken cancellationToken)
    {
        if (result.Performed && epoch.Number <= before)
            return false;
        try
        {
            return await store.BeatAsync(epoch, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is CodePoolException or OperationCanceledException)
        {
            return epoch.Number > before;
        }
    }

    /// <summary>Tries once more when the reply is lost: the store finds it answered, and it must still be told.</summary>
    private async ValueTask<RecoveryResult> RecoverOnceAsync(RecoveryRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await store.RecoverAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (CodePoolStoreUnavailableException)
        {
            RecoveryResult result = await store.RecoverAsync(request, cancellationToken).ConfigureAwait(false);
            return result with { Performed = true };
        }
    }
}
