using CodePool.Internal.Telemetry;
using CodePool.Providers;
using Microsoft.Extensions.Logging;

namespace CodePool.Internal.Hosting;

/// <summary>
/// The epoch of the cache that all processes share. A pass looks at the cache, and joins the store's current epoch if it is the one
/// that is open there, or rotates. The outcome says whether takes can be served from the shared cache.
/// </summary>
internal sealed class SharedEpoch(
    string pool, CodeStore store, CodeCache cache, StoreOpening opening, Recovery recovery, HighestSeen highest,
    CodePoolOptions options, TimeProvider time, ILogger logger)
    : BackgroundLoop<bool>(pool, options.MonitorInterval < LongestWait ? options.MonitorInterval : LongestWait, time, logger), ICacheEpoch
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShortWait = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ContestedLong = TimeSpan.FromSeconds(5);
    private const int ShortWaits = 40;

    private readonly TimeProvider _time = time;
    private readonly ILogger _logger = logger;
    private readonly Lock _refusing = new();
    private readonly VainReturns _returns = new(time);
    private readonly Rotation _rotation = new(store, cache, highest, options.EpochTimeout, time);

    private volatile Epoch? _current;
    private volatile Epoch? _joined;
    private volatile Epoch? _refused;
    private bool _contested;

    /// <summary>How often an epoch was refused: one refused anew since the store was read is not asked for by what the store said.</summary>
    private int _refusals;

    /// <summary>Called when the shared cache can be used, which it could not before.</summary>
    public Action? OnOpen { get; set; }

    public CodeCache Cache => cache;

    public Epoch? Current => _current;

    /// <summary>The epoch that this process takes part in, also while it cannot be used.</summary>
    public Epoch? Joined => _joined;

    /// <summary>What the cache said of itself, when last looked at.</summary>
    public CacheView? View { get; private set; }

    /// <summary>Why this process left the cache again and again, as long as nothing shows that it is of use now; null while all is well.</summary>
    public Exception? Doubt => _returns.Doubt(inUse: _current is not null);

    /// <summary>Whether another Redis server serves this pool as well.</summary>
    public bool IsContested => _contested;

    /// <summary>The shared epoch; a rotation is waited for, but not for long: takes are served from the process's own cache meanwhile.</summary>
    public async ValueTask<Epoch?> EnsureAsync(CancellationToken cancellationToken)
    {
        if (Current is { } current)
            return current;
        try
        {
            await RequestAsync().WaitAsync(Patience, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // This loop says so in the log, once.
        }

        return Current;
    }

    /// <summary>The cache refuses the epoch: its data may have gone back, or others have rotated. The next pass finds out which.</summary>
    public void Fenced(Epoch epoch)
    {
        if (_joined?.Token != epoch.Token)
            return;
        lock (_refusing)
        {
            _refused = epoch;
            _refusals++;
        }

        Suspend(new CodePoolCacheUnavailableException(PoolName, "it refuses an epoch that was open there."));
    }

    public void Closed(Epoch epoch) => Fenced(epoch);

    /// <summary>The cache cannot be used: takes are served from elsewhere until the next look finds it.</summary>
    public void Suspend(Exception cause)
    {
        // Many pops may fail at once: the first of them counts.
        if (Interlocked.Exchange(ref _current, null) is not null)
            _returns.Left(cause);
        Wake();
    }

    /// <summary>A take was served from the cache.</summary>
    public void Served() => _returns.Served();

    /// <summary>Opens the store and tells the cache whose codes it holds; anew each time, which changes nothing.</summary>
    private async ValueTask AttachAsync(CancellationToken cancellationToken) =>
        cache.Attach(await opening.EnsureAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>A look before anything is leased: what the cache remembers tells a database that went back in time.</summary>
    public async ValueTask ProbeAsync(CancellationToken cancellationToken)
    {
        await AttachAsync(cancellationToken).ConfigureAwait(false);
        await LookAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool HasSettled => Doubt is null;

    protected override async Task<bool> PassAsync(CancellationToken stopping)
    {
        if (_current is null)
            _returns.ThrowIfResting();
        if (Failure is CodePoolStoreUnavailableException)
            _rotation.WatchAnew();
        await AttachAsync(stopping).ConfigureAwait(false);
        for (int wait = 0; !await TryOpenAsync(stopping).ConfigureAwait(false); wait++)
        {
            if (wait == ShortWaits || _rotation.Contested is not null)
                return false;
            await Task.Delay(ShortWait, _time, stopping).ConfigureAwait(false);
        }

        return true;
    }

    protected override Task AnswerAsync(StoreRewoundException rewound, CancellationToken stopping) =>
        recovery.AnswerAsync(rewound, stopping);

    private async ValueTask<bool> TryOpenAsync(CancellationToken stopping)
    {
        CacheView view;
        try
        {
            view = await LookAsync(stopping).ConfigureAwait(false);
        }
        catch (CodePoolException)
        {
            _current = null;
            throw;
        }

        // Without a word to the store, which may be down: the epoch was open, and the cache says that nothing has changed.
        if (_joined is { } joined && IsOpenIn(joined, view))
            return Join(joined);
        _current = null;

        int refusals = Volatile.Read(ref _refusals);
        IReadOnlyList<Epoch> epochs = await store.GetEpochsAsync(stopping).ConfigureAwait(false);
        Epoch? current = epochs.LastOrDefault(epoch => epoch.Kind == cache.Kind && epoch.State != EpochState.Closed);
        if (current is { State: EpochState.Open })
        {
            // The look is older than what the store says: somebody else may have opened it between the two, and is using it.
            if (current.Token != view.Token)
                view = await LookAsync(stopping).ConfigureAwait(false);
            if (await IsSoundAsync(current, view, refusals, stopping).ConfigureAwait(false))
                return Join(current);
            if (refusals != Volatile.Read(ref _refusals))
                return false;
        }

        Epoch? opened = await _rotation.TryAsync(current, view, stopping).ConfigureAwait(false);
        Judge();
        if (opened is null)
            return false;
        if (current is null)
            _logger.SharedEpochOpened(PoolName, opened.Number);
        else
            _logger.EpochRotated(PoolName, current.Number, opened.Number);
        Join(opened);
        await LookAsync(stopping).ConfigureAwait(false);
        return true;
    }

    private async ValueTask<CacheView> LookAsync(CancellationToken stopping)
    {
        CacheView view = await cache.LookAsync(stopping).ConfigureAwait(false);
        foreach (string problem in view.Problems.Except(View?.Problems ?? []))
            _logger.CacheProblem(PoolName, problem);
        highest.SawEpoch(view.HighestEpoch);
        highest.SawLease(view.HighestLease);
        return View = view;
    }

    private bool IsOpenIn(Epoch epoch, CacheView view) =>
        epoch.Token == view.Token && epoch.CacheIdentity == view.Identity && epoch.Token != _refused?.Token;

    /// <summary>
    /// Whether the store's open epoch is the one that is open in the cache. A refusal is asked for again before it counts: a call that
    /// went to a server of yesterday must not cost what is cached.
    /// </summary>
    private async ValueTask<bool> IsSoundAsync(Epoch epoch, CacheView view, int refusals, CancellationToken stopping)
    {
        if (epoch.Token == view.Token && epoch.CacheIdentity == view.Identity && epoch.Token == _refused?.Token
            && _joined?.Token == epoch.Token && await cache.GetLevelsAsync(stopping).ConfigureAwait(false) is not null)
        {
            lock (_refusing)
            {
                if (_refusals == refusals)
                    _refused = null;
            }
        }

        return IsOpenIn(epoch, view);
    }

    private bool Join(Epoch epoch)
    {
        // Before anything is taken under it: a jump of the number drops what was confirmed before a recovery.
        highest.SawEpoch(epoch.Number);
        cache.Join(epoch);
        _joined = epoch;
        _rotation.Worked(epoch.CacheIdentity);
        Judge();
        return Use(epoch);
    }

    private bool Use(Epoch epoch)
    {
        bool anew = _current is null;
        if (anew)
            _returns.Returned();
        _current = epoch;
        if (anew)
            OnOpen?.Invoke();
        return true;
    }

    /// <summary>A failover looks like this for a moment; two servers go on doing so.</summary>
    private void Judge()
    {
        bool contested = _rotation.Contested >= ContestedLong;
        if (contested && !_contested)
            _logger.TwoCaches(PoolName);
        _contested = contested;
    }
}
