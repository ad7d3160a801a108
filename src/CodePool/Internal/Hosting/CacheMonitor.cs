using CodePool.Internal.InMemory;
using CodePool.Providers;
using Microsoft.Extensions.Logging;

namespace CodePool.Internal.Hosting;

/// <summary>
/// Keeps the cache that takes are served from above its threshold: the shared one, or the one in this process's memory when there is no
/// other, or none that can be used now. The outcome of a pass says whether there are codes to take.
/// </summary>
internal sealed class CacheMonitor(
    string pool, StoreOpening opening, InProcessCache local, CacheFiller localFiller, SharedTier? shared,
    Recovery recovery, TimeSpan interval, TimeProvider time, ILogger logger)
    : BackgroundLoop<bool>(pool, interval, time, logger)
{
    protected override async Task<bool> PassAsync(CancellationToken stopping)
    {
        await opening.EnsureAsync(stopping).ConfigureAwait(false);
        return await FillSharedAsync(stopping).ConfigureAwait(false)
            ?? await localFiller.FillAsync(stopping).ConfigureAwait(false)
            ?? false;
    }

    protected override Task AnswerAsync(StoreRewoundException rewound, CancellationToken stopping) =>
        recovery.AnswerAsync(rewound, stopping);

    /// <summary>Null when takes are to be served from the process's own cache.</summary>
    private async ValueTask<bool?> FillSharedAsync(CancellationToken stopping)
    {
        if (shared is null)
            return null;
        try
        {
            bool? any = await shared.Filler.FillAsync(stopping).ConfigureAwait(false);
            if (any is not true)
            {
                // It has none and gets none: the store is empty, which the process's own cache will find as well, or the shared one has
                // no room, which must not make a take say that there are no codes.
                return null;
            }

            // What is in doubt may send its takes back at once.
            if (shared.Epoch.Doubt is null)
                local.Retire();
            return true;
        }
        catch (CodePoolException failure) when (failure is CodePoolCacheUnavailableException or CodePoolConfigurationException)
        {
            // If it is the store that a person must mend, the process's own cache finds so as well. The loop of the shared epoch says so in the log, once.
            shared.Epoch.Suspend(failure);
            return null;
        }
    }
}
