using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <content>How codes stop being handed out from here: after a rewind, at the clean stop, and when a shared cache serves again.</content>
internal sealed partial class InProcessCache
{
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

    private void DropLocked(long lastEpoch)
    {
        foreach (Segment dropped in _segments.Where(s => s.Epoch.Number <= lastEpoch))
            dropped.Seal();
        RemoveLocked(s => s.Epoch.Number <= lastEpoch
            && (s.Epoch.Consistency == CodeConsistency.Confirmed || s.Marked == s.Shown));
    }
}
