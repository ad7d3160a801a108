using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <content>What has been taken: the journal, and the leases of which nothing is left.</content>
internal sealed partial class InProcessCache
{
    public override ValueTask<JournalBatch?> ReadJournalAsync(int maxCount, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var codes = new List<LeasedCode>((int)Math.Min(maxCount, _segments.Sum(JournalLength)));
            Epoch? epoch = null;
            foreach (Segment segment in _segments)
            {
                if (segment.Epoch.Consistency == CodeConsistency.Confirmed)
                    continue;
                if (codes.Count > 0 && segment.Epoch.Token != epoch!.Token)
                    break;
                segment.ReadJournal(codes, maxCount);
                epoch = segment.Epoch;
            }

            return new(codes.Count == 0 ? null : new JournalBatch(epoch!, codes));
        }
    }

    public override ValueTask TrimJournalAsync(JournalBatch batch, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // As it was read: each lease's codes stand together.
            for (int start = 0, end; start < batch.Codes.Count; start = end)
            {
                LeasedCode first = batch.Codes[start];
                for (end = start + 1; end < batch.Codes.Count && batch.Codes[end].Lease == first.Lease;)
                    end++;
                Segment? segment = _segments.Find(s => s.LeaseNumber == first.Lease && s.Epoch.Token == batch.Epoch.Token);
                segment?.TrimJournal(first.Number, end - start);
            }
        }

        return ValueTask.CompletedTask;
    }

    public override ValueTask<IReadOnlyList<FinishedLease>> GetFinishedLeasesAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var finished = new List<FinishedLease>();
            foreach (Segment segment in _segments.Where(s => s.Remaining == 0))
            {
                bool done = segment.Epoch.Consistency == CodeConsistency.Confirmed
                    ? segment.SeenEmpty
                    : segment.Marked == segment.Shown;
                segment.SeenEmpty = true;
                if (done)
                    finished.Add(new FinishedLease(segment.Epoch, segment.LeaseNumber, segment.IsRetired ? segment.UnseenFrom : long.MaxValue));
            }

            return new(finished);
        }
    }

    /// <summary>A process's journal ends with it: there is never one of a closed epoch to be found.</summary>
    public override ValueTask<JournalBatch?> ReadFrozenAsync(Epoch epoch, long skip, int maxCount, CancellationToken cancellationToken) =>
        new((JournalBatch?)null);

    public override ValueTask DropFrozenAsync(Epoch epoch, long entries, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public override ValueTask ForgetAsync(IReadOnlyList<FinishedLease> leases, long settledTo, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            foreach (FinishedLease lease in leases)
                RemoveLocked(s => s.LeaseNumber == lease.Lease && s.Epoch.Token == lease.Epoch.Token);
        }

        return ValueTask.CompletedTask;
    }

    private static long JournalLength(Segment segment) =>
        segment.Epoch.Consistency == CodeConsistency.Confirmed ? 0 : segment.Shown - segment.Marked;

    private void RemoveLocked(Predicate<Segment> done)
    {
        _forgotten += _segments.Where(s => done(s)).Sum(s => (long)s.Shown);
        _segments.RemoveAll(done);
        _any = _segments.Count > 0;

        // A lane that nobody takes from any more would keep its last lease's codes.
        for (int lane = 0; lane < _lanes.Length; lane++)
        {
            if (done(_lanes[lane]))
                Volatile.Write(ref _lanes[lane], None);
        }
    }
}
