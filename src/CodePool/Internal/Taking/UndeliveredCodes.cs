namespace CodePool.Internal.Taking;

/// <summary>Claimed codes whose caller had gone, or that were confirmed ahead: they go to the next callers of this process, never back over the wire.</summary>
internal sealed class UndeliveredCodes
{
    private readonly Lock _lock = new();
    private readonly Queue<string> _codes = new();
    private TaskCompletionSource _arrival = NewArrival();
    private volatile int _count;
    private volatile int _era;

    /// <summary>How many there are.</summary>
    public int Count => _count;

    /// <summary>Another one after each <see cref="Forget"/>: codes of an earlier one are nobody's any more, wherever they are.</summary>
    public int Era => _era;

    /// <summary>Keeps them, unless their era has ended.</summary>
    public bool TryAdd(IEnumerable<string> codes, int era)
    {
        lock (_lock)
        {
            if (era != _era)
                return false;
            foreach (string code in codes)
                _codes.Enqueue(code);
            _count = _codes.Count;
            _arrival.TrySetResult();
            return true;
        }
    }

    /// <summary>The first of them, each to one who asks.</summary>
    public string[] Take(int max)
    {
        // The usual case, without the lock: who misses what comes now finds it when it asks for the arrival.
        if (_count == 0)
            return [];
        lock (_lock)
        {
            var codes = new string[Math.Min(max, _codes.Count)];
            for (int i = 0; i < codes.Length; i++)
                codes[i] = _codes.Dequeue();
            _count = _codes.Count;
            return codes;
        }
    }

    /// <summary>Nobody gets them any more, nor those that are still under way.</summary>
    /// <returns>How many there were.</returns>
    public int Forget()
    {
        lock (_lock)
        {
            int forgotten = _codes.Count;
            _codes.Clear();
            _count = 0;
            _era++;
            return forgotten;
        }
    }

    /// <summary>Ends as soon as there are some.</summary>
    public Task Arrival()
    {
        lock (_lock)
        {
            if (_codes.Count == 0 && _arrival.Task.IsCompleted)
                _arrival = NewArrival();
            return _arrival.Task;
        }
    }

    private static TaskCompletionSource NewArrival() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
