using CodePool.Internal.Telemetry;
using CodePool.Providers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CodePool.Internal.Hosting;

/// <summary>
/// Starts a pool before every other hosted service and stops it after them all, so that a service may take in its own
/// start and a web server may take while it drains.
/// </summary>
internal sealed class PoolService(PoolRuntime runtime) : IHostedLifecycleService, IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _loops = Task.CompletedTask;

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await runtime.Opening.EnsureAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (CodePoolStoreUnavailableException unavailable)
        {
            // The host keeps running: it starts with the database down and recovers by itself.
            runtime.Logger.StartedWithoutStore(runtime.Name, unavailable);
        }

        await ProbeCacheAsync(cancellationToken).ConfigureAwait(false);

        runtime.Started = runtime.IsRunning = true;

        // Not this method's token: it is for starting only.
        _loops = Task.WhenAll(Loops().Select(loop => Task.Run(() => loop(_stopping.Token), CancellationToken.None)));
    }

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (!runtime.IsRunning)
            return;
        runtime.IsRunning = false;
        try
        {
            await StopAsync(cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A stop that cannot reach the store must not keep the host from stopping.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            runtime.Logger.StopFailed(runtime.Name, failure);
        }
    }

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A host that failed to start is disposed without being stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loops.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private IEnumerable<Func<CancellationToken, Task>> Loops()
    {
        if (runtime.Options.RunMonitors)
            yield return runtime.StoreMonitor.RunAsync;
        yield return runtime.CacheMonitor.RunAsync;
        yield return runtime.Marker.RunAsync;
        yield return runtime.Keeper.RunAsync;
        if (runtime.Shared is not { } shared)
            yield break;
        yield return shared.Epoch.RunAsync;
        yield return shared.Marker.RunAsync;
    }

    /// <summary>A cache that can never serve this pool stops the host; one that cannot be reached does not.</summary>
    private async ValueTask ProbeCacheAsync(CancellationToken cancellationToken)
    {
        if (runtime.Shared is null)
            return;
        try
        {
            await runtime.Shared.Epoch.ProbeAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (CodePoolCacheUnavailableException unavailable)
        {
            runtime.Logger.StartedWithoutCache(runtime.Name, unavailable);
        }
        catch (CodePoolStoreUnavailableException)
        {
            // Said already. The pool's id, which names its keys, comes from the store.
        }
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        // Sealed before anything else: from here on takes fail, and what nobody has seen is known exactly.
        IReadOnlyList<(Epoch Epoch, LeaseSettlement Settlement)> sealedLeases = runtime.Cache.Seal();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await runtime.Queue.CloseAsync(new CodePoolStoppedException(runtime.Name, "has been stopped with its host.")).ConfigureAwait(false);
        await _loops.ConfigureAwait(false);
        runtime.Telemetry.Undelivered(runtime.Queue.Undelivered, "stopped");

        await runtime.Marker.DrainAsync(cancellationToken).ConfigureAwait(false);
        await DrainSharedAsync(cancellationToken).ConfigureAwait(false);
        long returned = 0, unconfirmed = 0;
        foreach (IGrouping<Epoch, LeaseSettlement> leases in sealedLeases.GroupBy(l => l.Epoch, l => l.Settlement))
        {
            SettleResult settled = await SettleAsync(leases.Key, [.. leases], cancellationToken).ConfigureAwait(false);
            returned += settled.Returned;
            unconfirmed += settled.Unconfirmed;
        }

        if (runtime.Epochs.Current is { } epoch)
        {
            returned += await ReturnUnpushedAsync(epoch, cancellationToken).ConfigureAwait(false);
            await runtime.Store.CloseEpochAsync(epoch, EpochCloseReason.Stopped, cancellationToken).ConfigureAwait(false);
        }

        runtime.Logger.Stopped(runtime.Name, returned, unconfirmed);
    }

    /// <summary>Others would mark these as well; the last one to stop leaves the journal empty.</summary>
    private async ValueTask DrainSharedAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (runtime.Shared is not null)
                await runtime.Shared.Marker.DrainToEndAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (CodePoolException failure) when (failure is CodePoolCacheUnavailableException or CodePoolConfigurationException)
        {
            // What this process holds itself is still to be given back. They stay in the journal, for whoever finds it.
        }
    }

    /// <summary>A lease whose commit came while the loops were being stopped never reached the cache: nobody has seen its codes.</summary>
    private async ValueTask<long> ReturnUnpushedAsync(Epoch epoch, CancellationToken cancellationToken)
    {
        IReadOnlyList<Lease> unpushed = await runtime.Store.GetOpenLeasesAsync(epoch, cancellationToken).ConfigureAwait(false);
        LeaseSettlement[] settlements = [.. unpushed.Select(lease => new LeaseSettlement(lease.Number, lease.First))];
        return (await SettleAsync(epoch, settlements, cancellationToken).ConfigureAwait(false)).Returned;
    }

    private async ValueTask<SettleResult> SettleAsync(
        Epoch epoch, LeaseSettlement[] settlements, CancellationToken cancellationToken)
    {
        if (settlements.Length == 0)
            return default;
        SettleResult settled = await runtime.Store.SettleAsync(epoch, settlements, cancellationToken).ConfigureAwait(false);
        runtime.Telemetry.Settled(settled, "stopped");
        return settled;
    }
}
