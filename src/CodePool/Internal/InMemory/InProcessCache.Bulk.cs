using System.Runtime.InteropServices;

namespace CodePool.Internal.InMemory;

/// <content>Many codes at once, a range of a segment in one step of its cursor.</content>
internal sealed partial class InProcessCache
{
    /// <summary>Takes up to that many codes, without waiting: fewer only when there are no more.</summary>
    public IReadOnlyList<string> TakeUpTo(int maxCount) => TakeUpTo(Thread.GetCurrentProcessorId() & (_lanes.Length - 1), maxCount);

    /// <summary>Takes up to that many codes, without waiting, from the lane's segment first.</summary>
    public IReadOnlyList<string> TakeUpTo(int lane, int maxCount)
    {
        Segment segment = Volatile.Read(ref _lanes[lane]);
        if (segment.Remaining < maxCount)
            return TakeAcross(lane, maxCount);
        var codes = new string[maxCount];
        int taken = segment.TakeUpTo(codes, out bool passedMark);
        if (passedMark)
            PassMark();
        return taken == maxCount ? codes : [.. codes.AsSpan(0, taken), .. TakeAcross(lane, maxCount - taken)];
    }

    private List<string> TakeAcross(int lane, int maxCount)
    {
        List<string> codes = [];

        // One by one only to get to the next segment.
        while (codes.Count < maxCount && TryTake(lane, out string? code))
        {
            codes.Add(code);
            Segment segment = Volatile.Read(ref _lanes[lane]);
            int before = codes.Count, more = Math.Min(maxCount - before, segment.Remaining);
            CollectionsMarshal.SetCount(codes, before + more);
            int taken = segment.TakeUpTo(CollectionsMarshal.AsSpan(codes)[before..], out bool passedMark);
            CollectionsMarshal.SetCount(codes, before + taken);
            if (passedMark)
                PassMark();
        }

        return codes;
    }
}
