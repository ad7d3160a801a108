using CodePool.Internal.Hosting;

namespace CodePool.Internal.Taking;

/// <summary>
/// Lets waiting callers share round trips: the first becomes leader and serves itself at once; whoever comes while it is
/// busy is served together by the next turn. No caller's cancellation reaches another.
/// </summary>
/// <param name="source">Where codes come from.</param>
/// <param name="replenish">
/// Waits until the source may have codes again, for callers who wait since then; false when there will be none. The task ends the wait, which is
/// then true.
/// </param>
/// <param name="time">The clock of the waits.</param>
/// <param name="leaders">How many turns may be under way at once.</param>
/// <param name="proof">Without a recent one nothing is handed out; null if the source's codes need none.</param>
internal sealed partial class TakeQueue(
    CodeSource source, Func<long, Task, ValueTask<bool>> replenish, TimeProvider time, int leaders, LastProof? proof = null)
{
    private const int MaxGroup = 1024;

    /// <summary>
    /// What leaders run in: not the context of the caller who happens to start one, whose ambient transaction or trace would then
    /// hold for everybody it serves.
    /// </summary>
    private readonly ExecutionContext? _context = ExecutionContext.Capture();

    private readonly Lock _lock = new();
    private readonly Queue<TakeRequest> _waiting = new();

    private readonly UndeliveredCodes _undelivered = new(proof);
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _leading;
    private int _underWay;
    private volatile Exception? _closed;
    private volatile int _starving;

    /// <summary>Claimed codes that wait for a next caller.</summary>
    public int Undelivered => _undelivered.Count;

    /// <summary>Whether some of them may be handed out now.</summary>
    public bool HasUndelivered => _undelivered.Any;

    /// <summary>Whether they wait for a proof of the store as well.</summary>
    public bool IsHolding => _undelivered.AreHeld;

    /// <summary>
    /// Whether callers must not pass the queue by: claimed codes wait in it, or callers who found the cache empty. New callers
    /// would take each refill away from them.
    /// </summary>
    public bool HasPrecedence => _undelivered.Count > 0 || _starving > 0;

    /// <summary>One code; null when there are none to be had.</summary>
    public ValueTask<string?> TakeAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<string?>(cancellationToken);
        var request = new OneCodeRequest(time.GetTimestamp());
        Enter(request, cancellationToken);
        return request.Code;
    }

    /// <summary>Up to <paramref name="count"/> codes.</summary>
    public ValueTask<IReadOnlyList<string>> TakeAsync(int count, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<IReadOnlyList<string>>(cancellationToken);
        var request = new ManyCodesRequest(count, time.GetTimestamp(), _undelivered, OnForgotten);
        Enter(request, cancellationToken);
        return request.Codes;
    }

    /// <summary>Refuses callers from now on, those who wait included.</summary>
    /// <returns>Ends when the last turn under way has ended.</returns>
    public Task CloseAsync(Exception reason)
    {
        lock (_lock)
        {
            _closed = reason;
            while (_waiting.TryDequeue(out TakeRequest? request))
                request.Fail(reason);
            if (_leading == 0)
                _idle.TrySetResult();
        }

        return _idle.Task;
    }

    /// <summary>Called with how many claimed codes are handed out to nobody because of <see cref="Forget"/>: some may come later.</summary>
    public Action<int>? OnForgotten { get; set; }

    /// <summary>What has been claimed until now is handed out to nobody any more: what waits for a next caller, and what is still under way.</summary>
    public void Forget() => OnForgotten?.Invoke(_undelivered.Forget());

    /// <summary>The store has given a proof: callers who wait beside codes that were held get them.</summary>
    public void Release() => _undelivered.Release();

    private void Enter(TakeRequest request, CancellationToken cancellationToken)
    {
        request.LeaveWith(cancellationToken);
        if (TryEnqueue(request, out bool leads) && leads)
            _ = LeadAsync(request);
    }

    private bool TryEnqueue(TakeRequest request, out bool leads)
    {
        lock (_lock)
        {
            leads = false;
            if (_closed is not null)
            {
                request.Fail(_closed);
                return false;
            }

            _waiting.Enqueue(request);
            leads = _leading < leaders && IsWorthATurnLocked();
            if (leads)
                _leading++;
            return true;
        }
    }

    private async Task LeadAsync(TakeRequest? own)
    {
        // Undone for the caller when this method first returns.
        if (_context is not null)
            ExecutionContext.Restore(_context);
        TakeGroup? served = null;
        while (NextGroup(served) is { } group)
        {
            served = group;
            try
            {
                await ServeAsync(group).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever it was, it is the waiting callers' to see; the leader must live on.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                group.Fail(failure);
            }

            // A caller who is alone goes on here and now: handing it to another thread costs more than all the rest. Only the one who
            // made this a leader: this may be the stack of its take still, where no other's code may run.
            if (group.IsOnly(own) && TryEnd(group))
            {
                group.TakeOnly()?.Execute();
                return;
            }

            group.Resume();

            // Callers who were served and come again join the next turn: without this it took whoever was first, alone. And a
            // source that answers without waiting would keep its thread as long as others come.
            await default(BackOfTheLine);
        }
    }
}
