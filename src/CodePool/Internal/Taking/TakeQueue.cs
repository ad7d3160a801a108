using System.Runtime.CompilerServices;
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

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))] // A lone take pays for each of its steps' boxes.
    private async ValueTask ServeAsync(TakeGroup group)
    {
        bool starving = false;
        try
        {
            // When the group got its last codes, and how long it has been asking since.
            long served = long.MinValue;
            long asking = 0;
            while (group.Missing() is var missing && missing > 0)
            {
                // Nobody waits for those who wait on.
                group.Resume();
                if (group.Waiting < group.UnderWay)
                    Shrink(group);
                int era = _undelivered.Era;
                IReadOnlyList<string> codes = _undelivered.Take(missing);
                bool asks = codes.Count == 0;
                if (asks)
                {
                    // A source that goes on giving, to a caller who wants very many, must not keep a stop from ending.
                    if (_closed is not null)
                    {
                        group.Fail(_closed);
                        return;
                    }

                    // A cache that did not answer has used up time that is for the refill.
                    long asked = time.GetTimestamp();
                    codes = await source.TakeAsync(missing).ConfigureAwait(false);
                    asking += time.GetTimestamp() - asked;
                }

                if (codes.Count > 0)
                {
                    // Codes that are held ask the store, whose answer is the proof; an answer that comes too late for that is none.
                    if (!TryDeliver(group, codes, era) && asks)
                        throw proof!.Overdue();
                    served = time.GetTimestamp();
                    asking = 0;
                    continue;
                }

                Starve(ref starving);
                if (_closed is null && !await ReplenishAsync(Math.Max(served, group.EnqueuedAt) + asking).ConfigureAwait(false))
                    group.Finish();
            }
        }
        finally
        {
            if (starving)
                Interlocked.Decrement(ref _starving);
        }
    }

    /// <summary>
    /// Nobody waits for a refill while there are codes that another leader had left over, or whose callers have gone. Beside codes that are held
    /// a pool is not empty, whatever the store has.
    /// </summary>
    private async ValueTask<bool> ReplenishAsync(long since)
    {
        try
        {
            if (await replenish(since, _undelivered.Arrival()).ConfigureAwait(false))
                return true;
            return !_undelivered.AreHeld ? _undelivered.Count > 0 : throw proof!.Overdue();
        }
        catch (CodePoolException) when (_undelivered.Any)
        {
            return true;
        }
    }

    private void Starve(ref bool starving)
    {
        if (starving)
            return;
        starving = true;
        Interlocked.Increment(ref _starving);
    }

    /// <returns>False when they are held: they wait with the others.</returns>
    private bool TryDeliver(TakeGroup group, IReadOnlyList<string> codes, int era)
    {
        string[] offered = codes as string[] ?? [.. codes];

        // Two looks carry promise 1 when a database went back in time, the last ones before the codes are the callers'. Recent: this process may
        // not know, however long ago it took them or asked for them. The era: a claim that was answered before may be heard of after it. In this
        // order: a proof from after a recovery comes after the end of the era, so who sees the one sees the other. What remains is a process that
        // stands still in the lines between here and the offer, for what is left of EpochTimeout; or whose monotonic clock does, while its machine sleeps.
        bool isHeld = proof is { IsRecent: false };
        int given = !isHeld && era == _undelivered.Era ? group.Deliver(offered) : 0;
        if (given == offered.Length)
            return true;
        if (_undelivered.TryAdd(offered.Skip(given), era))
            return !isHeld;
        OnForgotten?.Invoke(offered.Length - given);
        return true;
    }
}
