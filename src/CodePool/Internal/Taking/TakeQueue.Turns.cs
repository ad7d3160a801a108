namespace CodePool.Internal.Taking;

/// <content>Who leads, and whom each turn serves. All of it under the queue's lock.</content>
internal sealed partial class TakeQueue
{
    /// <summary>
    /// Nobody waits for others in vain: with nothing under way, one is enough. Beside a large group a small one is not worth its
    /// round trip: it goes with whoever comes until then, or with the leader that returns.
    /// </summary>
    private bool IsWorthATurnLocked() => _waiting.Count * (long)leaders >= _underWay;

    /// <summary>
    /// The next callers to serve together; null ends the leader. An equal share of all that are waiting or being served: whoever
    /// took them all would leave the other leaders a round trip for each caller who comes meanwhile.
    /// </summary>
    private TakeGroup? NextGroup(TakeGroup? served)
    {
        lock (_lock)
        {
            _underWay -= served?.UnderWay ?? 0;
            var group = new TakeGroup();
            int share = IsWorthATurnLocked() ? Math.Min(MaxGroup, (_waiting.Count + _underWay + leaders - 1) / leaders) : 0;
            while (group.Count < share && _waiting.TryDequeue(out TakeRequest? request))
                group.Add(request);
            _underWay += group.UnderWay = group.Count;
            if (group.Count > 0)
            {
                AddLeaderLocked();
                return group;
            }

            EndLocked();
            return null;
        }
    }

    /// <summary>Those who wait on may do so for long: only they count as under way from now on, and others need not wait for them.</summary>
    private void Shrink(TakeGroup group)
    {
        lock (_lock)
        {
            _underWay -= group.UnderWay - group.Waiting;
            group.UnderWay = group.Waiting;
            AddLeaderLocked();
        }
    }

    /// <summary>For those whom this turn leaves waiting: without another leader they waited until it ends, or somebody else comes.</summary>
    private void AddLeaderLocked()
    {
        if (_waiting.Count == 0 || _leading == leaders || !IsWorthATurnLocked())
            return;
        _leading++;
        ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.LeadAsync(null), this, preferLocal: false);
    }

    /// <summary>Ends the leader, unless somebody waits.</summary>
    private bool TryEnd(TakeGroup served)
    {
        lock (_lock)
        {
            if (_waiting.Count > 0)
                return false;
            _underWay -= served.UnderWay;
            EndLocked();
            return true;
        }
    }

    private void EndLocked()
    {
        if (--_leading == 0 && _closed is not null)
            _idle.TrySetResult();
    }
}
