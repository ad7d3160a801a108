using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using CodePool.Internal.InMemory;
using CodePool.Providers;

namespace CodePool.Tests.Taking;

/// <summary>The cursor that carries promise 1 in process, under threads; and the same check on a cursor that carries nothing.</summary>
public sealed class SegmentTests
{
    private const int Threads = 8;
    private const int Length = 20_000;

    private delegate bool Take([NotNullWhen(true)] out string? code);

    [Fact]
    public void Eight_threads_take_each_code_once()
    {
        for (int round = 0; round < 20; round++)
        {
            Segment segment = NewSegment();
            List<string> taken = TakeAll(([NotNullWhen(true)] out string? code) => segment.TryTake(out code, out _));
            Assert.Equal(Length, taken.Count);
            Assert.Equal(Length, taken.Distinct().Count());
        }
    }

    [Fact]
    public void The_same_check_finds_duplicates_when_the_increment_is_not_atomic()
    {
        bool found = false;
        for (int round = 0; round < 500 && !found; round++)
        {
            var segment = new RacySegment(Codes());
            List<string> taken = TakeAll(segment.TryTake);
            found = taken.Distinct().Count() < taken.Count;
        }

        Assert.True(found, "Eight threads on 'index = cursor++' never got the same index: the check proves nothing here.");
    }

    [Fact]
    public void The_same_check_finds_duplicates_when_a_step_of_many_is_not_atomic()
    {
        bool found = false;
        for (int round = 0; round < 500 && !found; round++)
        {
            var segment = new RacySegment(Codes());
            var taken = new ConcurrentBag<string[]>();
            RunThreads(_ =>
            {
                while (segment.TakeUpTo(5) is { Length: > 0 } codes)
                    taken.Add(codes);
            });
            List<string> all = [.. taken.SelectMany(codes => codes)];
            found = all.Distinct().Count() < all.Count;
        }

        Assert.True(found, "Eight threads on 'cursor += 5' never got the same codes: the check proves nothing here.");
    }

    [Fact]
    public void Sealed_under_eight_threads_seen_and_unseen_are_disjoint_and_complete()
    {
        for (int round = 0; round < 50; round++)
        {
            Segment segment = NewSegment();
            int sealAt = round * Length / 50;
            int count = 0;
            List<string> seen = TakeAll(([NotNullWhen(true)] out string? code) =>
            {
                if (Interlocked.Increment(ref count) == sealAt)
                    segment.Seal();
                return segment.TryTake(out code, out _);
            });
            segment.Seal();

            IEnumerable<string> unseen = Codes().Skip((int)(segment.UnseenFrom - 1));
            Assert.Equal(Codes().Order(), seen.Concat(unseen).Order());
        }
    }

    [Fact]
    public void A_second_seal_changes_nothing()
    {
        Segment segment = NewSegment();
        segment.TakeUpTo(10, []);
        segment.Seal();
        segment.Seal();

        Assert.Equal((11L, 10, 0), (segment.UnseenFrom, segment.Shown, segment.Remaining));
        Assert.False(segment.TryTake(out _, out _));
        var taken = new List<LeasedCode>();
        segment.TakeUpTo(10, taken);
        Assert.Empty(taken);
    }

    [Fact]
    public void Singles_and_groups_share_one_cursor()
    {
        Segment segment = NewSegment();
        var taken = new ConcurrentBag<string>();
        RunThreads(thread =>
        {
            var group = new List<LeasedCode>();
            string[] codes = new string[5];
            while (segment.Remaining > 0)
            {
                if (thread % 3 == 0 && segment.TryTake(out string? code, out _))
                    taken.Add(code);
                else if (thread % 3 == 1)
                    segment.TakeUpTo(7, group);
                else if (thread % 3 == 2)
                    Array.ForEach(codes[..segment.TakeUpTo(codes, out _)], taken.Add);
            }

            group.ForEach(code => taken.Add(code.Code));
        });

        Assert.Equal(Codes().Order(), taken.Order());
    }

    private static List<string> TakeAll(Take take)
    {
        var taken = new ConcurrentBag<List<string>>();
        RunThreads(_ =>
        {
            var mine = new List<string>();
            while (take(out string? code))
                mine.Add(code);
            taken.Add(mine);
        });
        return [.. taken.SelectMany(codes => codes)];
    }

    private static void RunThreads(Action<int> body)
    {
        using var start = new Barrier(Threads);
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(index => new Thread(() =>
        {
            start.SignalAndWait();
            body(index);
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
    }

    private static Segment NewSegment() => new(
        new Epoch(1, Guid.NewGuid(), EpochKind.Process, "test", CodeConsistency.Journaled, EpochState.Open, 0),
        new Lease(1, 1, Codes()));

    private static string[] Codes() => [.. Enumerable.Range(1, Length).Select(number => $"C{number:D5}")];

    /// <summary>The protection switched off: what <see cref="Segment"/> would be without its interlocked increment.</summary>
    private sealed class RacySegment(string[] codes)
    {
        private volatile int _cursor;

        public bool TryTake([NotNullWhen(true)] out string? code)
        {
            code = null;
            int index = _cursor;
            if (index >= codes.Length)
                return false;
            code = codes[index];
            _cursor = index + 1;
            return true;
        }

        public string[] TakeUpTo(int count)
        {
            int start = Math.Min(_cursor, codes.Length);
            string[] taken = codes[start..Math.Min(start + count, codes.Length)];
            _cursor = start + count;
            return taken;
        }
    }
}
