using System.Diagnostics.CodeAnalysis;
using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>
/// The cache in the process's memory: a row of segments, taken from with one atomic increment a code. There is no journal
/// beside it: what lies between a segment's marked prefix and its cursor is the journal.
/// </summary>
internal sealed partial class InProcessCache(int lowWater) : CodeCache
{
    private static readonly Segment None = new(
        new Epoch(0, Guid.Empty, EpochKind.Process, "", CodeConsistency.Journaled, EpochState.Closed, 0), new Lease(0, 1, []));

    private readonly Lock _lock = new();
    private readonly List<Segment> _segments = [];
    private volatile Segment _current = None;
    private Guid _open;
    private long _openNumber;
    private long _lastPushed;
    private long _forgotten;
    private volatile bool _sealed;

    /// <summary>Called by the take that brings the cache down to its low-water mark.</summary>
    public Action? OnLow { get; set; }

    public override EpochKind Kind => EpochKind.Process;

    /// <summary>Whether the clean stop has begun: nothing is pushed or taken any more.</summary>
    public bool IsSealed => _sealed;

    /// <summary>Codes ready to be taken.</summary>
    public long Cached
    {
        get
        {
            lock (_lock)
                return _segments.Sum(s => (long)s.Remaining);
        }
    }

    /// <summary>Codes taken from here so far.</summary>
    public long Taken
    {
        get
        {
            lock (_lock)
                return _forgotten + _segments.Sum(s => (long)s.Shown);
        }
    }

    public override ValueTask<CacheView> LookAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return new(new CacheView($"{Environment.MachineName}/{Environment.ProcessId}", _open, _openNumber, _lastPushed, [], []));
    }

    /// <summary>Nobody else can open an epoch in this process's memory.</summary>
    public override void Join(Epoch epoch)
    {
    }

    /// <summary>Takes one code, without waiting.</summary>
    public bool TryTake([NotNullWhen(true)] out string? code)
    {
        Segment segment = _current;
        if (!segment.TryTake(out code, out bool low) && !TryTakeFromNext(segment, out code, out low))
            return false;
        if (low)
            OnLow?.Invoke();
        return true;
    }

    public override ValueTask<CacheStatus> OpenAsync(Epoch epoch, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_sealed)
                return new(CacheStatus.Fenced);
            _open = epoch.Token;
            _openNumber = epoch.Number;
            _lastPushed = 0;

            // Confirmed: the store has returned, or will return, what an older epoch held. Journaled: the process finishes
            // it and marks late, since nobody else can have it.
            if (epoch.Consistency == CodeConsistency.Confirmed)
                DropLocked(long.MaxValue);
            return new(CacheStatus.Ok);
        }
    }

    public override ValueTask<CacheStatus> PushAsync(Epoch epoch, Lease lease, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_sealed || epoch.Token != _open)
                return new(CacheStatus.Fenced);

            // The one monitor pushes an epoch's leases ascending, so this remembers forgotten ones too.
            if (lease.Number <= _lastPushed)
                return new(CacheStatus.Duplicate);
            _lastPushed = lease.Number;
            _segments.Add(new Segment(epoch, lease));
            SetLowWaterLocked(_current);
            return new(CacheStatus.Ok);
        }
    }

    public override ValueTask<IReadOnlyList<long>> FindUnknownAsync(
        Epoch epoch, IReadOnlyList<long> leases, CancellationToken cancellationToken)
    {
        lock (_lock)
            return new(epoch.Token == _open ? [.. leases.Where(lease => lease > _lastPushed)] : []);
    }

    public override ValueTask<PopResult> PopAsync(int maxCount, CancellationToken cancellationToken)
    {
        var codes = new List<LeasedCode>(Math.Min(maxCount, 1024));
        bool low = false;
        Epoch epoch;
        long remaining;
        lock (_lock)
        {
            while (codes.Count == 0 && AdvanceLocked())
                low = _current.TakeUpTo(maxCount, codes);
            epoch = _current.Epoch;
            remaining = _segments.Sum(s => (long)s.Remaining);
        }

        if (low)
            OnLow?.Invoke();
        return new(new PopResult(CacheStatus.Ok, codes.Count == 0 ? null : epoch, codes, remaining));
    }

    public override ValueTask<CacheLevels?> GetLevelsAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return new(new CacheLevels(_segments.Sum(s => (long)s.Remaining), _segments.Sum(JournalLength)));
    }

    /// <summary>
    /// After a database went back in time: nothing more is handed out from epochs up to this one; what was taken is still marked.
    /// A later epoch, which may have been opened by now, is left alone.
    /// </summary>
    public void Drop(long lastEpoch)
    {
        lock (_lock)
        {
            if (_openNumber <= lastEpoch)
                _open = Guid.Empty;
            DropLocked(lastEpoch);
        }
    }

    /// <summary>The clean stop: takes fail from now on, and what nobody has seen is known exactly.</summary>
    /// <returns>Each segment's epoch, and from which number on its codes were never shown.</returns>
    public IReadOnlyList<(Epoch Epoch, LeaseSettlement Settlement)> Seal()
    {
        lock (_lock)
        {
            _sealed = true;
            _segments.ForEach(s => s.Seal());
            return [.. _segments.Select(s => (s.Epoch, new LeaseSettlement(s.LeaseNumber, s.UnseenFrom)))];
        }
    }

    /// <summary>
    /// Takes are served from elsewhere again: what nobody has seen is to be given back. Sealing says exactly what that is; the marker
    /// settles it when the rest is marked.
    /// </summary>
    public void Retire()
    {
        lock (_lock)
        {
            foreach (Segment left in _segments.Where(s => s.Remaining > 0))
            {
                left.Seal();
                left.IsRetired = true;
            }
        }
    }

    private bool TryTakeFromNext(Segment seen, [NotNullWhen(true)] out string? code, out bool low)
    {
        lock (_lock)
        {
            // Somebody else may have advanced while we waited for the lock.
            if (_current != seen && _current.TryTake(out code, out low))
                return true;
            while (AdvanceLocked())
            {
                if (_current.TryTake(out code, out low))
                    return true;
            }
        }

        code = null;
        low = false;
        return false;
    }

    /// <summary>Makes the oldest segment with codes left the current one.</summary>
    private bool AdvanceLocked()
    {
        if (_current.Remaining > 0)
            return true;
        if (_segments.Find(s => s.Remaining > 0) is not { } next)
            return false;

        // Before anybody can take from it: a mark placed behind the cursor would wake nobody.
        SetLowWaterLocked(next);
        _current = next;
        return true;
    }

    /// <summary>Places the low-water mark in the segment that is, or is to be, the current one, counting what is queued behind it.</summary>
    private void SetLowWaterLocked(Segment current)
    {
        long queued = _segments.Sum(s => s == current ? 0L : s.Remaining);
        long length = current.Shown + (long)current.Remaining;
        Volatile.Write(ref current.LowWater, (int)Math.Clamp(length + queued - lowWater, 0, int.MaxValue));
    }

    private void DropLocked(long lastEpoch)
    {
        foreach (Segment dropped in _segments.Where(s => s.Epoch.Number <= lastEpoch))
            dropped.Seal();
        RemoveLocked(s => s.Epoch.Number <= lastEpoch
            && (s.Epoch.Consistency == CodeConsistency.Confirmed || s.Marked == s.Shown));
    }
}
