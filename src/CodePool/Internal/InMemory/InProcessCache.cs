using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>
/// The cache in the process's memory: a row of segments, taken from with one atomic increment a code. There is no journal
/// beside it: what lies between a segment's marked prefix and its cursor is the journal.
/// </summary>
/// <param name="lowWater">With fewer codes than this, the monitor is woken.</param>
/// <param name="processors">How many take at once.</param>
internal sealed partial class InProcessCache(int lowWater, int processors) : CodeCache
{
    private static readonly Segment None = new(
        new Epoch(0, Guid.Empty, EpochKind.Process, "", CodeConsistency.Journaled, EpochState.Closed, 0), new Lease(0, 1, []));

    private readonly Lock _lock = new();
    private readonly List<Segment> _segments = [];

    /// <summary>
    /// The segment that each processor takes from: threads on two processors that bump one cursor slow each other down. Where a thread
    /// takes from is a matter of speed only; any thread may take from any segment.
    /// </summary>
    private readonly Segment[] _lanes = NewLanes(processors);

    private Guid _open;
    private long _openNumber;
    private long _lastPushed;
    private long _forgotten;
    private volatile bool _sealed;

    /// <summary>Whether there are segments; written under the lock. Who reads it late waits in the queue, which looks under the lock.</summary>
    private volatile bool _any;

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
                return RemainingLocked();
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
    public bool TryTake([NotNullWhen(true)] out string? code) =>
        TryTake(Thread.GetCurrentProcessorId() & (_lanes.Length - 1), out code);

    /// <summary>Takes one code, without waiting, from the lane's segment first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // 100 million times a second, and three calls deep.
    public bool TryTake(int lane, [NotNullWhen(true)] out string? code)
    {
        Segment segment = Volatile.Read(ref _lanes[lane]);
        if (!segment.TryTake(out string? taken, out bool passedMark))
            return TryTakeFromNext(lane, segment, out code);
        if (passedMark)
            PassMark();
        code = taken;
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
            var segment = new Segment(epoch, lease);
            _segments.Add(segment);
            _any = true;
            RelieveLocked(segment);
            SetMarksLocked();
            return new(CacheStatus.Ok);
        }
    }

    public override ValueTask<IReadOnlyList<long>?> FindUnknownAsync(
        Epoch epoch, IReadOnlyList<long> leases, CancellationToken cancellationToken)
    {
        lock (_lock)
            return new(epoch.Token == _open ? [.. leases.Where(lease => lease > _lastPushed)] : (IReadOnlyList<long>?)null);
    }

    public override ValueTask<PopResult> PopAsync(int maxCount, CancellationToken cancellationToken)
    {
        var codes = new List<LeasedCode>(Math.Min(maxCount, 1024));
        bool low = false;
        Epoch epoch;
        long remaining;
        lock (_lock)
        {
            while (codes.Count == 0 && AdvanceLocked(0, ref low))
                low |= _lanes[0].TakeUpTo(maxCount, codes);
            low = low && PassMarkLocked();
            epoch = _lanes[0].Epoch;
            remaining = RemainingLocked();
        }

        if (low)
            OnLow?.Invoke();
        return new(new PopResult(CacheStatus.Ok, codes.Count == 0 ? null : epoch, codes, remaining));
    }

    public override ValueTask<CacheLevels?> GetLevelsAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
            return new(new CacheLevels(RemainingLocked(), _segments.Sum(JournalLength)));
    }

    private bool TryTakeFromNext(int lane, Segment seen, [NotNullWhen(true)] out string? code)
    {
        // Beside a shared cache there are none most of the time, and no take needs the lock to see it.
        code = null;
        if (!_any)
            return false;
        bool passedMark = false;
        lock (_lock)
        {
            // Somebody else may have advanced while we waited for the lock.
            code = _lanes[lane] != seen && _lanes[lane].TryTake(out string? first, out passedMark) ? first : null;
            while (code is null && AdvanceLocked(lane, ref passedMark))
            {
                if (_lanes[lane].TryTake(out code, out bool passed))
                    passedMark |= passed;
            }
        }

        if (passedMark)
            PassMark();
        return code is not null;
    }

    private long RemainingLocked() => _segments.Sum(s => (long)s.Remaining);
}
