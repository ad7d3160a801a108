using System.Diagnostics.Metrics;
using CodePool.Internal.InMemory;
using CodePool.Internal.Taking;
using CodePool.Internal.Telemetry;
using CodePool.Providers;
using Microsoft.Extensions.Logging;

namespace CodePool.Internal.Hosting;

/// <summary>One pool, put together: the way of a code from left to right, and the loops that keep it going.</summary>
internal sealed class PoolRuntime : IAsyncDisposable
{
    public PoolRuntime(
        string name, CodePoolOptions options, Func<CodeStore> createStore, ILogger logger, IMeterFactory? meters, TimeProvider time)
    {
        Name = name;
        Options = options;
        Logger = logger;
        Format = options.ToFormat();
        Telemetry = new PoolTelemetry(name, meters, time);
        Store = createStore();
        Cache = new InProcessCache(options.CacheMinThreshold);
        Opening = new StoreOpening(Store, new PoolDefinition(name, Format.ToString(), options.Consistency), logger);
        Epochs = new ProcessEpoch(name, Store, Cache, logger);
        Recovery = new Recovery(name, Store, Cache, Epochs, Format, logger);
        Filler = new StoreFiller(Store, new CodeGenerator(Format), Opening, Telemetry);
        StoreMonitor = new StoreMonitor(name, Store, Filler, Opening, Recovery, Format, options, time, logger);
        Marker = new JournalMarker(name, Store, Cache, Opening, Recovery, Telemetry, options.MonitorInterval, time, logger);
        CacheMonitor = new CacheMonitor(
            name, Store, Cache, Epochs, Opening, Marker, StoreMonitor, Recovery, Telemetry, options, time, logger);
        Keeper = new EpochKeeper(name, Store, Epochs, Opening, Recovery, Telemetry, options.EpochTimeout, time, logger);

        CodeSource source = options.Consistency == CodeConsistency.Confirmed
            ? new ConfirmedSource(Cache, Store, Recovery, Telemetry, time)
            : new JournaledSource(Cache);
        int leaders = options.Consistency == CodeConsistency.Confirmed ? Store.ConfirmConcurrency : 1;
        var supply = new Supply(CacheMonitor, StoreMonitor, options, name, time);
        Queue = new TakeQueue(source, supply.ReplenishAsync, time, leaders);
        Cache.OnLow = CacheMonitor.Wake;
        Telemetry.Observe(() => source.Taken, Levels);
        Pool = new Pool(this);
    }

    public string Name { get; }

    public CodePoolOptions Options { get; }

    public ILogger Logger { get; }

    public CodeFormat Format { get; }

    public PoolTelemetry Telemetry { get; }

    public CodeStore Store { get; }

    public InProcessCache Cache { get; }

    public StoreOpening Opening { get; }

    public ProcessEpoch Epochs { get; }

    public Recovery Recovery { get; }

    public StoreFiller Filler { get; }

    public StoreMonitor StoreMonitor { get; }

    public CacheMonitor CacheMonitor { get; }

    public JournalMarker Marker { get; }

    public EpochKeeper Keeper { get; }

    public TakeQueue Queue { get; }

    public Pool Pool { get; }

    /// <summary>Whether the host has started the pool, and has not stopped it.</summary>
    public bool IsRunning { get; set; }

    /// <summary>The loops that are failing now.</summary>
    public IEnumerable<(string Loop, Exception Failure)> Failures() =>
        from loop in new (string Name, Exception? Failure)[]
        {
            (nameof(StoreMonitor), StoreMonitor.Failure),
            (nameof(CacheMonitor), CacheMonitor.Failure),
            (nameof(JournalMarker), Marker.Failure),
            (nameof(EpochKeeper), Keeper.Failure),
        }
        where loop.Failure is not null and not CodePoolStoppedException
        select (loop.Name, loop.Failure);

    /// <summary>Waiting would be in vain: nobody has started the loops.</summary>
    public void ThrowIfNotStarted()
    {
        if (!Started)
        {
            throw new CodePoolStoppedException(
                Name, "has not been started: start the host (IHost.StartAsync) before the first take.");
        }
    }

    /// <summary>Whether the host has ever started the pool.</summary>
    public bool Started { get; set; }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync().ConfigureAwait(false);
        await Cache.DisposeAsync().ConfigureAwait(false);
        Opening.Dispose();
        Recovery.Dispose();
        Telemetry.Dispose();
    }

    private IEnumerable<(string State, long Codes)> Levels()
    {
        yield return ("cached", Cache.Cached);
        if (StoreMonitor.Levels is not { } levels)
            yield break;
        yield return ("available", levels.Available);
        yield return ("leased", levels.Leased);
        yield return ("used", levels.Used);
        yield return ("unconfirmed", levels.Unconfirmed);
        yield return ("void", levels.Void);
    }
}
