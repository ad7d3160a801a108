using System.Threading.Tasks.Sources;

namespace CodePool.Internal.Taking;

/// <summary>
/// One caller waiting for codes. Whoever completes it first decides: the code that was offered, or the caller who left. It is the awaited
/// thing itself, and the work item that resumes its caller: one object a take.
/// </summary>
/// <param name="enqueuedAt">When it began to wait: a <see cref="TimeProvider"/> timestamp.</param>
internal abstract class TakeRequest(long enqueuedAt) : IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<bool> _outcome;
    private CancellationTokenRegistration _leaving;
    private Exception? _failure;

    /// <summary>When it began to wait: a <see cref="TimeProvider"/> timestamp.</summary>
    public long EnqueuedAt => enqueuedAt;

    /// <summary>How many codes it still waits for; 0 when it has completed.</summary>
    public abstract int Missing { get; }

    protected short Version => _outcome.Version;

    /// <summary>Lets the caller leave. Called before anybody else knows of the request.</summary>
    public void LeaveWith(CancellationToken token)
    {
        if (token.CanBeCanceled)
            _leaving = token.UnsafeRegister(static (request, token) => ((TakeRequest)request!).Cancel(token), this);
    }

    /// <summary>Gives it the first of these codes, as many as it waits for: none when the caller has gone. The others are still yours to give.</summary>
    /// <param name="codes">Codes.</param>
    /// <param name="era">When they were claimed (<see cref="UndeliveredCodes.Era"/>).</param>
    /// <param name="isLast">Whether it has all it wants now: whoever offered the codes resumes the caller, here or elsewhere.</param>
    /// <returns>How many it has taken.</returns>
    public abstract int Offer(ReadOnlySpan<string> codes, int era, out bool isLast);

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

    public ValueTaskSourceStatus GetStatus(short token) => _outcome.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _outcome.OnCompleted(continuation, state, token, flags);

    /// <summary>Completes it, if nobody has.</summary>
    /// <param name="failure">Why there will be no more; null afterwards if it ends with what it has.</param>
    /// <returns>Whether it was this call that did.</returns>
    protected abstract bool TryEnd(ref Exception? failure);

    protected void ThrowIfFailed(short token) => _outcome.GetResult(token);

    /// <summary>The caller leaves: with what it has, or cancelled when it has nothing.</summary>
    private void Cancel(CancellationToken token) => End(new OperationCanceledException(token));

    private void End(Exception? failure)
    {
        if (!TryEnd(ref failure))
            return;
        _failure = failure;
        Resume();
    }
}
