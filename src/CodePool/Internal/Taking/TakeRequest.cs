using System.Threading.Tasks.Sources;

namespace CodePool.Internal.Taking;

/// <summary>
/// One caller waiting for codes. Whoever completes it first decides: the code that was offered, or the caller who left. It is the awaited
/// thing itself, and the work item that resumes its caller: one object a take.
/// </summary>
internal sealed class TakeRequest(int wanted, long enqueuedAt)
    : IValueTaskSource<string?>, IValueTaskSource<IReadOnlyList<string>>, IThreadPoolWorkItem
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _outcome;
    private CancellationTokenRegistration _leaving;
    private string? _first;
    private List<string>? _all;
    private int _count;
    private Exception? _failure;
    private bool _done;

    /// <summary>When it began to wait: a <see cref="TimeProvider"/> timestamp.</summary>
    public long EnqueuedAt => enqueuedAt;

    /// <summary>The one code; null when there was none.</summary>
    public ValueTask<string?> Code => new(this, _outcome.Version);

    /// <summary>All codes.</summary>
    public ValueTask<IReadOnlyList<string>> Codes => new(this, _outcome.Version);

    /// <summary>How many codes it still waits for; 0 when it has completed.</summary>
    public int Missing
    {
        get
        {
            lock (_lock)
                return _done ? 0 : wanted - _count;
        }
    }

    /// <summary>Lets the caller leave. Called before anybody else knows of the request.</summary>
    public void LeaveWith(CancellationToken token)
    {
        if (token.CanBeCanceled)
            _leaving = token.UnsafeRegister(static (request, token) => ((TakeRequest)request!).Cancel(token), this);
    }

    /// <summary>Gives it a code; false when the caller has gone or has enough, and the code is still yours to give.</summary>
    /// <param name="code">The code.</param>
    /// <param name="isLast">Whether it has all it wants now: whoever offered the code resumes the caller, here or elsewhere.</param>
    public bool Offer(string code, out bool isLast)
    {
        lock (_lock)
        {
            isLast = false;
            if (_done)
                return false;
            if (_count++ == 0)
                _first = code;
            if (wanted > 1)
                (_all ??= new List<string>(Math.Min(wanted, 1024))).Add(code);
            isLast = _done = _count == wanted;
            return true;
        }
    }

    /// <summary>There will be no more: it ends with what it has.</summary>
    public void Finish() => End(null);

    /// <summary>Ends with what it has, or with the failure when it has nothing.</summary>
    public void Fail(Exception failure) => End(failure);

    /// <summary>Resumes the caller on another thread: its code may block, and nobody who is served with it shall wait for that.</summary>
    public void Resume() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);

    /// <summary>Resumes the caller on this thread, which has nothing else to do.</summary>
    public void Execute()
    {
        // Not disposed: that would wait for a callback that may be waiting for this.
        _leaving.Unregister();
        if (_failure is null)
            _outcome.SetResult(true);
        else
            _outcome.SetException(_failure);
    }

    string? IValueTaskSource<string?>.GetResult(short token)
    {
        _outcome.GetResult(token);
        return _first;
    }

    IReadOnlyList<string> IValueTaskSource<IReadOnlyList<string>>.GetResult(short token)
    {
        _outcome.GetResult(token);
        return _all ?? (_first is null ? [] : (IReadOnlyList<string>)[_first]);
    }

    ValueTaskSourceStatus IValueTaskSource<string?>.GetStatus(short token) => _outcome.GetStatus(token);

    ValueTaskSourceStatus IValueTaskSource<IReadOnlyList<string>>.GetStatus(short token) => _outcome.GetStatus(token);

    void IValueTaskSource<string?>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _outcome.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource<IReadOnlyList<string>>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _outcome.OnCompleted(continuation, state, token, flags);

    /// <summary>The caller leaves: with what it has, or cancelled when it has nothing.</summary>
    private void Cancel(CancellationToken token) => End(new OperationCanceledException(token));

    private void End(Exception? failure)
    {
        lock (_lock)
        {
            if (_done)
                return;
            _done = true;
            _failure = _count > 0 ? null : failure;
        }

        Resume();
    }
}
