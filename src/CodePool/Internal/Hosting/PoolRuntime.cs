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
        string name, CodePoolOptions options, Func<CodeStore> createStore, Func<CodeCache?> createCache,
        ILogger logger, IMeterFactory? meters, TimeProvider time)
    {
        Name = name;
        Options = options;
        Logger = logger;
        Format = options.ToFormat();
        Telemetry = new PoolTelemetry(name, meters, time);
        Forgotten = DropConfirmed;
        Proof = new LastProof(name, options.EpochTimeout, time);
        Store = createStore();
        Cache = new InProcessCache(options.CacheMinThreshold, Environment.ProcessorCount);
        Opening = new StoreOpening(Store, new PoolDefinition(name, Format.ToString(), options.Consistency), logger);
        var highest = new HighestSeen();
        Epochs = new ProcessEpoch(name, Store, Cache, highest, logger);
        Recovery = new Recovery(name, Store, Cache, Epochs, highest, Format, logger);
        highest.OnRecovered = before =>
        {
            Cache.Drop(before);
            Forgotten();
            if (Shared?.Epoch.Joined is { } joined && joined.Number <= before)
                Shared.Epoch.Closed(joined);
            logger.EpochsRecovered(name, highest.Epoch);
        };
        Filler = new StoreFiller(Store, new CodeGenerator(Format), Opening, Telemetry);
        StoreMonitor = new StoreMonitor(name, Store, Filler, Opening, Recovery, Format, options, time, logger);
        Marker = new JournalMarker(name, Store, Cache, Opening, Recovery, Telemetry, options.MonitorInterval, time, logger);
        Shared = createCache() is { } cache ? CreateShared(cache, highest, time) : null;
        CacheMonitor = new CacheMonitor(
            name, Opening, Cache, CreateFiller(Epochs, Marker, highest, time), Shared, Recovery, options.MonitorInterval, time, logger);
        Keeper = new EpochKeeper(name, Store, Epochs, Opening, Recovery, Proof, Telemetry, options.EpochTimeout, time, logger, Shared);

        Pops = new TierPops(Cache, Shared, CacheMonitor, options, Telemetry);
        CodeSource source = options.Consistency == CodeConsistency.Confirmed
            ? new ConfirmedSource(Pops, Store, Recovery, Proof, options, Telemetry, time)
            : new JournaledSource(Pops);

        // Pops from a shared cache: one is under way while the other's codes are given out.
        int leaders = options.Consistency == CodeConsistency.Confirmed ? Store.ConfirmConcurrency : Shared is null ? 1 : 2;
        var supply = new Supply(CacheMonitor, StoreMonitor, Filler, options, name, time);

        // Journaled codes need no proof: they are in the journal.
        LastProof? proof = options.Consistency == CodeConsistency.Confirmed ? Proof : null;
        Queue = new TakeQueue(source, supply.ReplenishAsync, time, leaders, proof)
        {
            OnForgotten = count => Telemetry.Undelivered(count, "forgotten"),
        };
        Proof.OnProved = Queue.Release;
        Cache.OnLow = CacheMonitor.Wake;
        Recovery.OnForgotten = () => Forgotten();
        if (Shared is not null)
        {
            Shared.Epoch.OnOpen = CacheMonitor.Wake;

            // Not only takes: a host that has taken nothing yet has codes as well.
            Shared.Filler.OnLevels = levels => Pops.Saw(levels.Cached, levels.Journaled);
        }

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

    /// <summary>The cache that all processes share; null when there is none, and the one in this process's memory serves all takes.</summary>
    public SharedTier? Shared { get; }

    public TierPops Pops { get; }

    public StoreOpening Opening { get; }

    public ProcessEpoch Epochs { get; }

    public Recovery Recovery { get; }

    public LastProof Proof { get; }

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
            (nameof(SharedEpoch), Shared?.Epoch.Failure ?? Shared?.Epoch.Doubt),
            ("SharedJournalMarker", Shared?.Marker.Failure),
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

    /// <summary>Called when the store may have forgotten what this process confirmed. A fault scenario takes it away, to show what it stands against.</summary>
    public Action Forgotten { get; set; }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync().ConfigureAwait(false);
        await Cache.DisposeAsync().ConfigureAwait(false);
        if (Shared is not null)
            await Shared.DisposeAsync().ConfigureAwait(false);
        Opening.Dispose();
        Recovery.Dispose();
        Telemetry.Dispose();
    }

    /// <summary>
    /// A database that went back in time may not have the codes that were confirmed and have no caller yet: they are Used no longer, and in a
    /// dense keyspace they may be drawn again. (Journaled ones are in the journal, whose marks write them again.)
    /// </summary>
    private void DropConfirmed()
    {
        if (Options.Consistency == CodeConsistency.Confirmed)
            Queue.Forget();
    }

    private SharedTier CreateShared(CodeCache cache, HighestSeen highest, TimeProvider time)
    {
        var epoch = new SharedEpoch(Name, Store, cache, Opening, Recovery, highest, Options, time, Logger);
        Recovery.Shared = epoch;
        var marker = new JournalMarker(
            Name, Store, cache, Opening, Recovery, Telemetry, Options.MonitorInterval, time, Logger, epoch);
        return new SharedTier(cache, epoch, CreateFiller(epoch, marker, highest, time), marker);
    }

    private CacheFiller CreateFiller(ICacheEpoch epoch, JournalMarker marker, HighestSeen highest, TimeProvider time) => new(
        epoch, new Leaser(Store, epoch, highest, StoreMonitor, Recovery, Proof, Telemetry, Options), marker, Options, time);

    private IEnumerable<(string State, long Codes)> Levels()
    {
        yield return ("cached", Pops.Cached);
        yield return ("journaled", Pops.Journaled);
        if (StoreMonitor.Levels is not { } levels)
            yield break;
        yield return ("available", levels.Available);
        yield return ("leased", levels.Leased);
        yield return ("used", levels.Used);
        yield return ("unconfirmed", levels.Unconfirmed);
        yield return ("void", levels.Void);
    }
}
