namespace CodePool.Internal.Taking;

/// <summary>One caller waiting for codes. Whoever completes it first decides: the code that was offered, or the caller who left.</summary>
internal sealed class TakeRequest(int wanted, long enqueuedAt) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private readonly Lock _lock = new();
    private readonly List<string> _codes = new(Math.Min(wanted, 1024));
    private bool _done;

    /// <summary>When it began to wait: a <see cref="TimeProvider"/> timestamp.</summary>
    public long EnqueuedAt => enqueuedAt;

    /// <summary>What it got; to be read when its task has completed.</summary>
    public IReadOnlyList<string> Codes => _codes;

    /// <summary>How many codes it still waits for; 0 when it has completed.</summary>
    public int Missing
    {
        get
        {
            lock (_lock)
                return _done ? 0 : wanted - _codes.Count;
        }
    }

    /// <summary>Gives it a code; false when the caller has gone or has enough, and the code is still yours to give.</summary>
    public bool Offer(string code)
    {
        lock (_lock)
        {
            if (_done)
                return false;
            _codes.Add(code);
            if (_codes.Count < wanted)
                return true;
            _done = true;
        }

        SetResult();
        return true;
    }

    /// <summary>There will be no more: it ends with what it has.</summary>
    public void Finish()
    {
        if (End(out _))
            SetResult();
    }

    /// <summary>Ends with what it has, or with the failure when it has nothing.</summary>
    public void Fail(Exception failure)
    {
        if (!End(out bool any))
            return;
        if (any)
            SetResult();
        else
            SetException(failure);
    }

    /// <summary>The caller leaves: with what it has, or cancelled when it has nothing.</summary>
    public void Cancel(CancellationToken token)
    {
        if (!End(out bool any))
            return;
        if (any)
            SetResult();
        else
            SetCanceled(token);
    }

    private bool End(out bool any)
    {
        lock (_lock)
        {
            any = _codes.Count > 0;
            if (_done)
                return false;
            return _done = true;
        }
    }
}
