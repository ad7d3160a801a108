using CodePool.Internal.InMemory;
using CodePool.Providers;

namespace CodePool.Tests.Taking;

/// <summary>Setting the marks that tell a take to look at low water, while other threads go on taking.</summary>
public sealed class LowWaterMarkTests
{
    private const int Size = 1_000;

    [Fact]
    public void Below_low_water_nobody_waits_for_takes_to_pause()
    {
        Segment segment = Full();
        int looks = 0;

        bool low = InProcessCache.SetMarks(
            [segment],
            () =>
            {
                looks++;
                Take(segment, 1);
                return segment.Remaining;
            },
            lowWater: Size);

        Assert.True(low);
        Assert.Equal(1, looks);
        Assert.True(PassesMark(segment));
    }

    [Fact]
    public void Takes_that_knew_only_the_old_mark_are_seen()
    {
        Segment segment = Full();

        bool low = InProcessCache.SetMarks(
            [segment],
            () =>
            {
                int remaining = segment.Remaining;
                Take(segment, 20);
                return remaining;
            },
            lowWater: Size - 10);

        Assert.True(low);
    }

    [Fact]
    public void Above_low_water_as_many_takes_as_can_be_spared_pass_no_mark()
    {
        Segment segment = Full();

        Assert.False(InProcessCache.SetMarks([segment], () => segment.Remaining, lowWater: Size - 2));

        Assert.Equal([false, false, true], [PassesMark(segment), PassesMark(segment), PassesMark(segment)]);
    }

    private static Segment Full()
    {
        var epoch = new Epoch(1, Guid.NewGuid(), EpochKind.Process, "", CodeConsistency.Journaled, EpochState.Open, 0);
        return new Segment(epoch, new Lease(1, 1, [.. Enumerable.Range(1, Size).Select(n => $"C{n}")]));
    }

    private static void Take(Segment segment, int count)
    {
        for (int i = 0; i < count; i++)
            Assert.True(segment.TryTake(out _, out _));
    }

    private static bool PassesMark(Segment segment)
    {
        Assert.True(segment.TryTake(out _, out bool passed));
        return passed;
    }
}
