using System.Numerics;

namespace CodePool.Internal.InMemory;

/// <content>Which segment each processor takes from, and when the monitor is woken. All of it under the lock.</content>
internal sealed partial class InProcessCache
{
    private const int MaxLanes = 64;

    private static Segment[] NewLanes(int processors)
    {
        // A power of two, for the mask.
        var lanes = new Segment[Math.Min((int)BitOperations.RoundUpToPowerOf2((uint)processors), MaxLanes)];
        Array.Fill(lanes, None);
        return lanes;
    }

    /// <summary>Gives the lane, if its segment is empty, the oldest that nobody takes from; if there is none, a share in another lane's.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="low">Set when low water turns out to be passed, perhaps by others who left nothing.</param>
    private bool AdvanceLocked(int lane, ref bool low)
    {
        if (_lanes[lane].Remaining > 0)
            return true;
        Segment? next = _segments.Find(s => s.Remaining > 0 && !_lanes.Contains(s)) ?? _lanes.MaxBy(s => s.Remaining);
        if (next is not { Remaining: > 0 })
            return false;

        Volatile.Write(ref _lanes[lane], next);
        low |= SetMarksLocked();
        return true;
    }

    /// <summary>Lets a lane that shares another's segment have this one for itself.</summary>
    private void RelieveLocked(Segment segment)
    {
        for (int lane = 1; lane < _lanes.Length; lane++)
        {
            if (_lanes[lane].Remaining > 0 && Array.IndexOf(_lanes, _lanes[lane]) < lane)
            {
                Volatile.Write(ref _lanes[lane], segment);
                return;
            }
        }
    }

    private void PassMark()
    {
        bool low;
        lock (_lock)
            low = PassMarkLocked();
        if (low)
            OnLow?.Invoke();
    }

    /// <summary>Whether low water is passed: said once, until codes are pushed or a lane advances. Otherwise the marks move on.</summary>
    private bool PassMarkLocked()
    {
        bool low = SetMarksLocked();
        if (low)
            Array.ForEach(_lanes, s => Volatile.Write(ref s.Mark, Segment.NoMark));
        return low;
    }

    private bool SetMarksLocked() => SetMarks([.. _lanes.Distinct()], RemainingLocked, lowWater);

    /// <summary>
    /// Each segment in use may give an equal share of what is left above low water before somebody looks again: until then, low water
    /// cannot have been passed. With nothing to spare, the next take looks.
    /// </summary>
    /// <returns>Whether low water is passed already.</returns>
    internal static bool SetMarks(IReadOnlyList<Segment> inUse, Func<long> remaining, int lowWater)
    {
        while (true)
        {
            // Cursors before the sum: what is taken in between then counts twice, which only makes somebody look early.
            int[] shown = [.. inUse.Select(s => s.Shown)];
            long spare = remaining() - lowWater;
            for (int i = 0; i < shown.Length; i++)
                Volatile.Write(ref inUse[i].Mark, (int)Math.Min(shown[i] + Math.Max(0, spare) / shown.Length, Segment.NoMark));

            // A take that read a mark before it was written here moved its cursor before that, and is seen now: it passed nothing that it
            // knew of, so somebody must look again. Not below low water, where every take is past the mark and the answer is known: with
            // takes going on, this would never end, and whoever pushes would wait for the lock.
            Interlocked.MemoryBarrier();
            if (spare < 0 || inUse.All(s => s.Shown <= s.Mark))
                return spare < 0;
        }
    }
}
