using CodePool.Internal.Hosting;

namespace CodePool.Internal.Taking;

/// <summary>Claimed codes whose caller had gone, or that were confirmed ahead: they go to the next callers of this process, never back over the wire.</summary>
/// <param name="proof">Without a recent one they are held; null if they need none.</param>
internal sealed class UndeliveredCodes(LastProof? proof)
{
    private readonly Lock _lock = new();
    private readonly Queue<string> _codes = new();
    private TaskCompletionSource _arrival = NewArrival();
    private volatile int _count;
    private volatile int _era;

    /// <summary>How many there are.</summary>
    public int Count => _count;

    /// <summary>Whether there are some that may be handed out now.</summary>
    public bool Any => _count > 0 && proof is not { IsRecent: false };

    /// <summary>Whether there are some that may not be handed out now.</summary>
    public bool AreHeld => _count > 0 && proof is { IsRecent: false };

    /// <summary>Another one after each <see cref="Forget"/>: codes of an earlier one are nobody's any more, wherever they are.</summary>
    public int Era => _era;

    /// <summary>
    /// Whether codes of that era may be handed out now. A recent proof: this process may not know of a recovery. The era: a claim that was answered
    /// before one may be heard of after it. In this order: a proof from after a recovery comes after the end of the era, so who sees the one sees the other.
    /// </summary>
    public bool MayHandOut(int era) => proof is not { IsRecent: false } && era == _era;

    /// <summary>Why codes that are there are not handed out.</summary>
    public Exception? Overdue() => proof?.Overdue();

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

    /// <summary>The first of them, each to one who asks; none while they are held.</summary>
    public string[] Take(int max)
    {
        // The usual case, without the lock and without the clock: who misses what comes now finds it when it asks for the arrival.
        if (!Any)
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

    /// <summary>Ends as soon as there are some that may be handed out.</summary>
    public Task Arrival()
    {
        lock (_lock)
        {
            if (_arrival.Task.IsCompleted && !Any)
                _arrival = NewArrival();
            return _arrival.Task;
        }
    }

    /// <summary>What is held may be handed out again. Under the lock: whoever asks for the arrival sees the proof, or is told of it.</summary>
    public void Release()
    {
        lock (_lock)
        {
            if (_codes.Count > 0)
                _arrival.TrySetResult();
        }
    }

    private static TaskCompletionSource NewArrival() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
