namespace CodePool.Internal.Taking;

/// <content>Claimed codes that nobody waits for: their caller had gone, or they were confirmed ahead.</content>
internal sealed partial class TakeQueue
{
    /// <summary>They go to the next callers of this process, never back over the wire.</summary>
    private readonly Queue<string> _undelivered = new();

    private volatile int _undeliveredCount;
    private volatile int _drops;

    /// <summary>Claimed codes that wait for a next caller.</summary>
    public int Undelivered => _undeliveredCount;

    /// <summary>Told how many codes were dropped, each time that some are.</summary>
    public Action<int>? OnDropped { get; set; }

    /// <summary>Codes claimed until now are handed out to nobody any more: neither those that wait for a caller, nor those whose claim is being answered.</summary>
    public void DropUndelivered()
    {
        int dropped;
        lock (_lock)
        {
            _drops++;
            dropped = _undelivered.Count;
            _undelivered.Clear();
            _undeliveredCount = 0;
        }

        OnDropped?.Invoke(dropped);
    }

    /// <param name="group">Who waits.</param>
    /// <param name="codes">What was claimed.</param>
    /// <param name="drops">How often codes had been dropped when the claim began: an answer from before a drop may come after it.</param>
    private void Deliver(TakeGroup group, IReadOnlyList<string> codes, int drops)
    {
        int given = drops == _drops ? group.Deliver(codes) : 0;
        if (given == codes.Count)
            return;
        lock (_lock)
        {
            // Asked again under the lock: what a drop has not found here, finds the drop.
            for (; drops == _drops && given < codes.Count; given++)
                _undelivered.Enqueue(codes[given]);
            _undeliveredCount = _undelivered.Count;
        }

        if (given < codes.Count)
            OnDropped?.Invoke(codes.Count - given);
    }

    private string[] TakeUndelivered(int max)
    {
        if (_undeliveredCount == 0)
            return [];
        lock (_lock)
        {
            var codes = new string[Math.Min(max, _undelivered.Count)];
            for (int i = 0; i < codes.Length; i++)
                codes[i] = _undelivered.Dequeue();
            _undeliveredCount = _undelivered.Count;
            return codes;
        }
    }
}
