using CodePool.Internal.Hosting;
using CodePool.Providers;

namespace CodePool.Internal.Taking;

/// <summary>What a take does when the cache is empty: it waits for the refill, and if the store is empty for the fill, but not for ever.</summary>
internal sealed class Supply(
    CacheMonitor cacheMonitor, StoreMonitor storeMonitor, StoreFiller filler, CodePoolOptions options, string pool, TimeProvider time)
{
    /// <summary>Waits until there may be codes in the cache again.</summary>
    /// <param name="since">When the caller began to wait: a timestamp of the time provider.</param>
    /// <param name="arrival">Ends when there are codes that need no refill.</param>
    /// <returns>False when the store has none, and none are being made here.</returns>
    /// <exception cref="CodePoolStoreUnavailableException">The refill failed, or took longer than <see cref="CodePoolOptions.TakeTimeout"/>.</exception>
    public async ValueTask<bool> ReplenishAsync(long since, Task arrival)
    {
        bool storeIsEmpty = false;

        // Before the look at the cache: a batch that comes after it is not missed.
        Task batch = filler.NextBatch;
        try
        {
            if (await FirstAsync(cacheMonitor.RequestAsync(), arrival).WaitAsync(Left(since), time).ConfigureAwait(false))
                return true;
            storeIsEmpty = true;

            // A fill that is taken from as fast as it brings codes never ends; its next batch does.
            return options.RunMonitors && await FirstAsync(storeMonitor.RequestAsync(), batch, arrival).WaitAsync(Left(since), time).ConfigureAwait(false);
        }
        catch (TimeoutException) when (storeIsEmpty)
        {
            return false;
        }
        catch (StoreRewoundException rewound)
        {
            throw new CodePoolStoreUnavailableException(
                pool, "the cache is empty, and the store is recovering: its database went back in time.", rewound);
        }
        catch (TimeoutException)
        {
            throw new CodePoolStoreUnavailableException(
                pool, $"the cache is empty, and no refill came within TakeTimeout ({options.TakeTimeout}).");
        }
    }

    /// <summary>Whether there are codes: what the pass says, unless one of the others ends first.</summary>
    private static async Task<bool> FirstAsync(Task<bool> pass, params Task[] others) =>
        await Task.WhenAny([pass, .. others]).ConfigureAwait(false) != pass || await pass.ConfigureAwait(false);

    private TimeSpan Left(long since)
    {
        TimeSpan left = options.TakeTimeout - time.GetElapsedTime(since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
