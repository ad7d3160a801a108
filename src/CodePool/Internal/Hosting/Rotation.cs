using CodePool.Providers;

namespace CodePool.Internal.Hosting;

/// <summary>
/// Puts a new shared epoch in the place of the current one: inserted in the store, opened in the cache once, then marked open. The
/// clock here paces and waits; nothing about who owns a code depends on it.
/// </summary>
internal sealed class Rotation(CodeStore store, CodeCache cache, HighestSeen highest, TimeSpan epochTimeout, TimeProvider time)
{
    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(30);

    /// <summary>How long somebody else's opening epoch is waited for: it has no leases, so replacing it early costs nothing but itself.</summary>
    private static readonly TimeSpan OpeningGrace = TimeSpan.FromMilliseconds(500);

    /// <summary>Identities under which this process has worked.</summary>
    private readonly HashSet<string> _worked = [];

    private TimeSpan _interval = TimeSpan.Zero;
    private long _last;
    private Guid _ours;
    private (Guid Token, EpochState State, long Beats, long Since) _watched;
    private long? _contestedSince;

    /// <summary>For how long another server's epoch has stood where this one's was, although this server is still what it was; null if it does not.</summary>
    public TimeSpan? Contested { get; private set; }

    /// <summary>This process takes part in an epoch of this identity.</summary>
    public void Worked(string identity)
    {
        _worked.Add(identity);
        Contested = null;
        _contestedSince = null;
    }

    /// <summary>The store was away, and nobody could beat: what stands still is watched anew.</summary>
    public void WatchAnew() => _watched = default;

    /// <summary>The new epoch, open; null when it is not the time, or somebody else was faster.</summary>
    /// <param name="current">The epoch to be replaced: the store's current one; null if there is none.</param>
    /// <param name="view">What the cache says of itself.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async ValueTask<Epoch?> TryAsync(Epoch? current, CacheView view, CancellationToken cancellationToken)
    {
        if (!MayReplace(current, view) || !Pace())
            return null;
        var request = new EpochRequest(cache.Kind, Tokens.New(), view.Identity, highest.Epoch, current?.Number ?? 0, OnlyOpening: current?.State == EpochState.Opening);
        if (await store.OpenEpochAsync(request, cancellationToken).ConfigureAwait(false) is not { } opening)
            return null;
        highest.SawEpoch(opening.Number);
        _ours = opening.Token;

        // Sent once, by the process that inserted the row: an open that could be repeated revived a lost epoch. Whatever happens to
        // it, only its Ok leads on; otherwise the epoch stays opening, without leases, and is replaced.
        if (await cache.OpenAsync(opening, cancellationToken).ConfigureAwait(false) != CacheStatus.Ok)
            return null;
        return await store.ActivateEpochAsync(opening, cancellationToken).ConfigureAwait(false)
            ? opening with { State = EpochState.Open }
            : null;
    }

    private bool MayReplace(Epoch? current, CacheView view)
    {
        Contested = null;
        if (current is null)
            return true;
        Watch(current);
        TimeSpan still = time.GetElapsedTime(_watched.Since);

        // This server is what it was when this process worked with it, and yet the epoch is another server's: not a failover, but two
        // servers for one pool, or a client cut off with the old one. Taking the epoch back would be taken back in turn.
        if (current.CacheIdentity != view.Identity && _worked.Contains(view.Identity))
        {
            // Its heart may beat meanwhile; the contest goes on.
            _contestedSince ??= time.GetTimestamp();
            Contested = time.GetElapsedTime(_contestedSince.Value);
            return still >= (current.State == EpochState.Open ? epochTimeout : OpeningGrace);
        }

        _contestedSince = null;

        return current.State == EpochState.Open || current.Token == _ours || still >= OpeningGrace;
    }

    /// <summary>Remembers since when, on this process's clock, an epoch has stood as it does: no two clocks are compared.</summary>
    private void Watch(Epoch current)
    {
        if ((_watched.Token, _watched.State, _watched.Beats) != (current.Token, current.State, current.Beats))
            _watched = (current.Token, current.State, current.Beats, time.GetTimestamp());
    }

    /// <summary>At most one rotation an interval, which doubles: two clients that cannot agree must not burn codes at full speed.</summary>
    private bool Pace()
    {
        TimeSpan since = time.GetElapsedTime(_last);
        if (_last != 0 && since < _interval)
            return false;
        _interval = _last == 0 || since > Calm ? MinInterval : TimeSpan.FromTicks(Math.Min(_interval.Ticks * 2, MaxInterval.Ticks));
        _last = time.GetTimestamp();
        return true;
    }
}
