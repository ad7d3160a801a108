using System.Collections.Concurrent;
using CodePool.Internal.Taking;
using CodePool.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CodePool.Tests.Taking;

/// <summary>What two leaders may do to each other's callers, and to those who wait.</summary>
public sealed class TakeQueueLeaderTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly PendingSource _source = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_caller_is_not_resumed_on_the_stack_of_another_who_is_about_to_lead()
    {
        // Both become leaders before either has chosen whom to serve: then each serves the other.
        using var otherAsks = new ManualResetEventSlim();
        using var otherMayEnd = new ManualResetEventSlim();
        using var resumed = new ManualResetEventSlim();
        int asked = 0;
        var source = new CallbackSource(() =>
        {
            if (Interlocked.Increment(ref asked) > 1)
                return _source.TakeAsync(1);
            otherAsks.Set();
            otherMayEnd.Wait(Token);
            return new(["a"]);
        });
        var queue = new TakeQueue(source, (_, _) => new(true), _time, leaders: 2);

        int inTake = 0, resumedOn = 0;
        var other = new Thread(() =>
        {
            Volatile.Write(ref inTake, Environment.CurrentManagedThreadId);
            Task<string?> take = queue.TakeAsync(CancellationToken.None).AsTask();
            Volatile.Write(ref inTake, take.IsFaulted ? -1 : 0);
        });

        // Runs between the decision that the first one leads and its first turn: the leader's context is not the caller's.
        bool entered = false;
        var ambient = new AsyncLocal<string?>(change =>
        {
            if (!change.ThreadContextChanged || entered || change.PreviousValue is null)
                return;
            entered = true;
            other.UnsafeStart();
            otherAsks.Wait(Token);
        });
        Task first = Task.Run(() =>
        {
            ambient.Value = "the first caller's";
            ValueTask<string?> take = queue.TakeAsync(CancellationToken.None);
            take.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(() =>
            {
                resumedOn = Environment.CurrentManagedThreadId == Volatile.Read(ref inTake) ? 1 : -1;
                resumed.Set();
            });
        }, Token);
        await Eventually.CompletesAsync(first);
        otherMayEnd.Set();
        await Eventually.CompletesAsync(Task.Run(other.Join, Token));
        (await _source.CallAsync(0)).Answer("b");
        await Eventually.HoldsAsync(() => resumed.IsSet);

        Assert.True(entered);
        Assert.Equal(-1, resumedOn);
    }

    [Fact]
    public async Task Beside_the_last_of_a_large_group_a_new_caller_is_served_at_once()
    {
        TakeQueue queue = NewQueue();
        (PendingSource.Call large, Task<IReadOnlyList<string>> bulk) = await GroupOfTenAsync(queue, bulk: 1_000);

        // All but one are served; that one goes on for long.
        large.Answer(9);
        PendingSource.Call rest = await _source.CallAsync(4);
        Task<IReadOnlyList<string>> late = Take(queue);
        (await _source.CallAsync(5)).Answer("late");

        Assert.Equal(["late"], await Eventually.CompletesAsync(late));
        Assert.False(bulk.IsCompleted);
        rest.Answer(1_000);
        await Eventually.CompletesAsync(bulk);
    }

    [Fact]
    public async Task Who_waited_beside_a_large_group_waits_no_longer_when_few_of_it_are_left()
    {
        TakeQueue queue = NewQueue();
        (PendingSource.Call large, _) = await GroupOfTenAsync(queue, bulk: 1_000);
        Task<IReadOnlyList<string>> waiting = Take(queue);
        Assert.Equal(4, _source.Asked);

        large.Answer(9);

        PendingSource.Call[] calls = [await _source.CallAsync(4), await _source.CallAsync(5)];
        calls.Single(call => call.MaxCount == 1).Answer("a");
        Assert.Equal(["a"], await Eventually.CompletesAsync(waiting));
    }

    [Fact]
    public async Task What_a_leader_leaves_another_takes_at_once()
    {
        TakeQueue queue = NewQueue();
        (PendingSource.Call large, _) = await GroupOfTenAsync(queue, bulk: 1);
        Task<IReadOnlyList<string>>[] waiting = [Take(queue), Take(queue), Take(queue)];
        Assert.Equal(4, _source.Asked);

        // The only leader returns, and takes its share of the three.
        large.Answer(10);

        PendingSource.Call[] calls = [await _source.CallAsync(4), await _source.CallAsync(5)];
        Assert.Equal([1, 2], calls.Select(call => call.MaxCount).Order());
        foreach (PendingSource.Call call in calls)
            call.Answer(call.MaxCount);
        await Eventually.CompletesAsync(Task.WhenAll(waiting));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_claimed_code_is_found_by_who_waits_for_a_refill_that_does_not_come(bool fails)
    {
        var refill = new TaskCompletionSource<bool>();
        var queue = new TakeQueue(_source, (_, _) => new(refill.Task), _time, leaders: 2);
        Task<IReadOnlyList<string>> waiting = Take(queue);
        (await _source.CallAsync(0)).Answer();
        await Eventually.HoldsAsync(() => queue.HasPrecedence);

        using var cancel = new CancellationTokenSource();
        Task<IReadOnlyList<string>> gone = queue.TakeAsync(1, cancel.Token).AsTask();
        PendingSource.Call claimed = await _source.CallAsync(1);
        await cancel.CancelAsync();
        claimed.Answer("a");
        await Eventually.HoldsAsync(() => queue.Undelivered == 1);
        if (fails)
            refill.SetException(new CodePoolStoreUnavailableException("test", "down"));
        else
            refill.SetResult(false);

        Assert.Equal(["a"], await Eventually.CompletesAsync(waiting));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
    }

    [Fact]
    public async Task A_claimed_code_whose_caller_has_gone_ends_the_wait_for_a_refill()
    {
        var arrivals = new ConcurrentQueue<Task>();
        var queue = new TakeQueue(_source, WaitAsync, _time, leaders: 2);
        Task<IReadOnlyList<string>> waiting = Take(queue);
        (await _source.CallAsync(0)).Answer();
        await Eventually.HoldsAsync(() => arrivals.Count == 1);
        Assert.False(arrivals.First().IsCompleted);

        using var cancel = new CancellationTokenSource();
        Task<IReadOnlyList<string>> gone = queue.TakeAsync(1, cancel.Token).AsTask();
        PendingSource.Call claimed = await _source.CallAsync(1);
        await cancel.CancelAsync();
        claimed.Answer("a");
        Assert.Equal(["a"], await Eventually.CompletesAsync(waiting));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);

        // That code is gone: who asks next waits for the next one.
        Task<IReadOnlyList<string>> next = Take(queue);
        (await _source.CallAsync(2)).Answer();
        await Eventually.HoldsAsync(() => arrivals.Count == 2);
        Assert.False(arrivals.Last().IsCompleted);
        Assert.False(next.IsCompleted);

        async ValueTask<bool> WaitAsync(long since, Task arrival)
        {
            arrivals.Enqueue(arrival);
            await arrival;
            return true;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_claimed_before_the_store_forgot_and_is_heard_of_after_it_is_handed_out_to_nobody(bool stays)
    {
        var forgotten = new ConcurrentQueue<int>();
        TakeQueue queue = new(_source, (_, _) => new(true), _time, leaders: 1) { OnForgotten = forgotten.Enqueue };
        using var cancel = new CancellationTokenSource();
        Task<IReadOnlyList<string>> waiting = queue.TakeAsync(1, cancel.Token).AsTask();
        PendingSource.Call before = await _source.CallAsync(0);
        queue.Forget();
        if (!stays)
            await cancel.CancelAsync();
        before.Answer("a", "b");

        await Eventually.HoldsAsync(() => forgotten.Sum() == 2);
        Assert.Equal(0, queue.Undelivered);
        if (stays)
        {
            (await _source.CallAsync(1)).Answer("c");
            Assert.Equal(["c"], await Eventually.CompletesAsync(waiting));
        }
    }

    [Fact]
    public async Task A_take_of_many_does_not_keep_a_closed_queue_going()
    {
        int asked = 0;
        TakeQueue queue = null!;
        Task? closed = null;
        var source = new CallbackSource(() =>
        {
            if (++asked == 2)
                closed = queue.CloseAsync(new CodePoolStoppedException("test", "has been stopped."));
            return new([$"{asked}"]);
        });
        queue = new TakeQueue(source, (_, _) => new(true), _time, leaders: 1);

        // What was taken before the stop, and by the turn under way, is the caller's.
        Assert.Equal(["1", "2"], await Eventually.CompletesAsync(queue.TakeAsync(1_000, Token).AsTask()));
        await Eventually.CompletesAsync(closed!);
    }

    [Fact]
    public async Task The_wait_for_a_refill_is_counted_from_the_first_who_still_waits()
    {
        var since = new TaskCompletionSource<long>();
        var queue = new TakeQueue(_source, (start, _) => new(!since.TrySetResult(start)), _time, leaders: 1);
        using var cancel = new CancellationTokenSource();
        Task<IReadOnlyList<string>> busy = Take(queue);
        Task<IReadOnlyList<string>> gone = queue.TakeAsync(1, cancel.Token).AsTask();
        _time.Advance(TimeSpan.FromMinutes(1));
        long enqueued = _time.GetTimestamp();
        Task<IReadOnlyList<string>> waiting = Take(queue);
        await cancel.CancelAsync();

        (await _source.CallAsync(0)).Answer("a");
        (await _source.CallAsync(1)).Answer();

        Assert.Equal(enqueued, await Eventually.CompletesAsync(since.Task));
        Assert.Empty(await Eventually.CompletesAsync(waiting));
        await Eventually.CompletesAsync(busy);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
    }

    private TakeQueue NewQueue() => new(_source, (_, _) => new(true), _time, leaders: 2);

    /// <summary>One leader serves ten callers, of whom the last wants that many codes; the other has ended, or is about to.</summary>
    private async Task<(PendingSource.Call Call, Task<IReadOnlyList<string>> Last)> GroupOfTenAsync(TakeQueue queue, int bulk)
    {
        // Two leaders are busy: 18 wait, and the first to return takes its share of 18 and the other's one.
        Task<IReadOnlyList<string>>[] busy = [Take(queue), Take(queue)];
        Task<IReadOnlyList<string>>[] ten = [.. Enumerable.Range(1, 10).Select(i => Take(queue, i == 10 ? bulk : 1))];
        Task<IReadOnlyList<string>>[] eight = [.. Enumerable.Range(1, 8).Select(_ => Take(queue))];
        (await _source.CallAsync(0)).Answer("x");
        PendingSource.Call large = await _source.CallAsync(2);
        Assert.Equal(9 + bulk, large.MaxCount);

        (await _source.CallAsync(1)).Answer("y");
        (await _source.CallAsync(3)).Answer(8);
        await Eventually.CompletesAsync(Task.WhenAll([.. busy, .. eight]));
        return (large, ten[^1]);
    }

    private static Task<IReadOnlyList<string>> Take(TakeQueue queue, int count = 1) => queue.TakeAsync(count, Token).AsTask();

    private sealed class CallbackSource(Func<ValueTask<IReadOnlyList<string>>> take) : CodeSource
    {
        public override long Taken => 0;

        public override ValueTask<IReadOnlyList<string>> TakeAsync(int maxCount) => take();
    }
}
