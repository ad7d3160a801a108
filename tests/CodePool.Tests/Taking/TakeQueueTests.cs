using CodePool.Internal.Taking;
using CodePool.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CodePool.Tests.Taking;

public sealed class TakeQueueTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly GatedSource _source = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_came_first_is_served_first()
    {
        TakeQueue queue = NewQueue();
        Task<IReadOnlyList<string>>[] takes = [.. Enumerable.Range(0, 5).Select(_ => Take(queue))];

        // The first asked for itself; the others, who came meanwhile, share the next turn.
        _source.Answer("a");
        await Eventually.HoldsAsync(() => _source.Asked == 2);
        Assert.Equal(4, _source.LastCount);
        _source.Answer("b", "c");
        await Eventually.HoldsAsync(() => _source.Asked == 3);
        Assert.Equal([true, true, true, false, false], takes.Select(take => take.IsCompleted));
        _source.Answer("d", "e");

        IReadOnlyList<string>[] codes = await Task.WhenAll(takes);
        Assert.Equal(["a", "b", "c", "d", "e"], codes.Select(c => c.Single()));
    }

    [Fact]
    public async Task The_context_of_the_caller_who_leads_is_not_the_others()
    {
        var ambient = new AsyncLocal<string?>();
        var seen = new List<string?>();
        var queue = new TakeQueue(new ImmediateSource(_ => seen.Add(ambient.Value)), (_, _) => new(false), _time, leaders: 1);

        ambient.Value = "a transaction of this caller's";
        await Eventually.CompletesAsync(Take(queue));

        Assert.Equal([null], seen);
        Assert.NotNull(ambient.Value);
    }

    [Fact]
    public async Task A_cancelled_caller_harms_no_other_and_its_code_goes_to_the_next()
    {
        TakeQueue queue = NewQueue();
        using var cancel = new CancellationTokenSource();
        Task<IReadOnlyList<string>> leader = Take(queue, cancel: cancel);
        Task<IReadOnlyList<string>> other = Take(queue);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leader);
        Assert.False(other.IsCompleted);
        _source.Answer("a");

        Assert.Equal(["a"], await Eventually.CompletesAsync(other));
        Assert.Equal(1, _source.Asked);
        Assert.Equal(0, queue.Undelivered);
    }

    [Fact]
    public async Task A_claimed_code_waits_for_the_next_caller()
    {
        TakeQueue queue = NewQueue();
        using var cancel = new CancellationTokenSource();
        Task<IReadOnlyList<string>> gone = Take(queue, cancel: cancel);
        await cancel.CancelAsync();
        _source.Answer("a");
        await Eventually.HoldsAsync(() => queue.Undelivered == 1);
        Assert.True(queue.HasPrecedence);

        Assert.Equal(["a"], await Eventually.CompletesAsync(Take(queue)));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.Equal((0, 1), (queue.Undelivered, _source.Asked));
    }

    [Fact]
    public async Task Who_asks_with_a_cancelled_token_takes_nothing()
    {
        TakeQueue queue = NewQueue();

        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Take(queue, cancel: cancelled));
        Assert.Equal(0, _source.Asked);
    }

    [Fact]
    public async Task Cancelled_with_some_codes_in_hand_a_caller_keeps_them()
    {
        TakeQueue queue = NewQueue();
        using var cancel = new CancellationTokenSource();
        Task<IReadOnlyList<string>> take = Take(queue, 3, cancel);
        _source.Answer("a", "b");
        await Eventually.HoldsAsync(() => _source.Asked == 2);

        await cancel.CancelAsync();

        Assert.Equal(["a", "b"], await Eventually.CompletesAsync(take));
        _source.Answer("c");
        await Eventually.HoldsAsync(() => queue.Undelivered == 1);
    }

    [Fact]
    public async Task A_take_of_many_goes_on_across_refills_and_ends_with_what_there_was()
    {
        var refills = new Queue<bool>([true, true, false]);
        TakeQueue queue = NewQueue((_, _) => new(refills.Dequeue()));
        Task<IReadOnlyList<string>> take = Take(queue, 5);

        _source.Answer("a");
        _source.Answer();
        _source.Answer("b", "c");
        _source.Answer();
        _source.Answer();

        Assert.Equal(["a", "b", "c"], await Eventually.CompletesAsync(take));
    }

    [Fact]
    public async Task When_there_will_be_none_all_who_wait_end_empty()
    {
        TakeQueue queue = NewQueue((_, _) => new(false));
        Task<IReadOnlyList<string>>[] takes = [Take(queue), Take(queue, 3)];
        _source.Answer();
        _source.Answer();

        Assert.All(await Eventually.CompletesAsync(Task.WhenAll(takes)), codes => Assert.Empty(codes));
    }

    [Fact]
    public async Task A_failure_reaches_only_the_group_it_served()
    {
        TakeQueue queue = NewQueue();
        Task<IReadOnlyList<string>> first = Take(queue);
        Task<IReadOnlyList<string>> second = Take(queue);

        _source.Fail(new CodePoolStoreUnavailableException("test", "down"));
        _source.Answer("a");

        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => first);
        Assert.Equal(["a"], await Eventually.CompletesAsync(second));
    }

    [Fact]
    public async Task Who_has_some_codes_keeps_them_when_the_next_turn_fails()
    {
        TakeQueue queue = NewQueue();
        Task<IReadOnlyList<string>> take = Take(queue, 2);
        _source.Answer("a");
        _source.Fail(new CodePoolStoreUnavailableException("test", "down"));

        Assert.Equal(["a"], await Eventually.CompletesAsync(take));
    }

    [Fact]
    public async Task Closed_it_fails_who_waits_and_who_comes_and_ends_with_the_last_turn()
    {
        TakeQueue queue = NewQueue();
        Task<IReadOnlyList<string>> inTurn = Take(queue);
        Task<IReadOnlyList<string>> waiting = Take(queue);

        Task closed = queue.CloseAsync(new CodePoolStoppedException("test", "has been stopped."));

        await Assert.ThrowsAsync<CodePoolStoppedException>(() => waiting);
        await Assert.ThrowsAsync<CodePoolStoppedException>(() => Take(queue));
        Assert.False(closed.IsCompleted);
        _source.Answer("a");
        Assert.Equal(["a"], await Eventually.CompletesAsync(inTurn));
        await Eventually.CompletesAsync(closed);
    }

    [Fact]
    public async Task Closed_while_it_waits_for_a_refill_it_fails_instead_of_asking_again()
    {
        var refill = new TaskCompletionSource<bool>();
        TakeQueue queue = NewQueue((_, _) => new(refill.Task));
        Task<IReadOnlyList<string>> take = Take(queue);
        _source.Answer();
        await Eventually.HoldsAsync(() => queue.HasPrecedence);

        Task closed = queue.CloseAsync(new CodePoolStoppedException("test", "has been stopped."));
        refill.SetResult(true);
        _source.Answer();

        await Assert.ThrowsAsync<CodePoolStoppedException>(() => take);
        await Eventually.CompletesAsync(closed);
    }

    [Fact]
    public async Task An_idle_queue_closes_at_once() =>
        await Eventually.CompletesAsync(NewQueue().CloseAsync(new CodePoolStoppedException("test", "has been stopped.")));

    [Fact]
    public async Task The_wait_for_a_refill_begins_when_the_last_code_came()
    {
        List<long> since = [];
        TakeQueue queue = NewQueue((start, _) =>
        {
            since.Add(start);
            return new(since.Count < 2);
        });
        long enqueued = _time.GetTimestamp();
        Task<IReadOnlyList<string>> take = Take(queue, 3);
        _source.Answer();
        await Eventually.HoldsAsync(() => _source.Asked == 2);
        _time.Advance(TimeSpan.FromMinutes(1));
        _source.Answer("a");
        _source.Answer();

        Assert.Equal(["a"], await Eventually.CompletesAsync(take));
        Assert.Equal([enqueued, _time.GetTimestamp()], since);
    }

    [Fact]
    public async Task While_callers_wait_for_a_refill_nobody_may_pass_them_by()
    {
        var refill = new TaskCompletionSource<bool>();
        TakeQueue queue = NewQueue((_, _) => new(refill.Task));
        Task<IReadOnlyList<string>> take = Take(queue);
        Assert.False(queue.HasPrecedence);
        _source.Answer();
        await Eventually.HoldsAsync(() => queue.HasPrecedence);

        refill.SetResult(true);
        _source.Answer("a");

        Assert.Equal(["a"], await Eventually.CompletesAsync(take));
        await Eventually.HoldsAsync(() => !queue.HasPrecedence);
    }

    [Fact]
    public async Task A_source_that_never_waits_does_not_keep_the_first_callers_thread()
    {
        using var gate = new ManualResetEventSlim();
        Task<IReadOnlyList<string>>? second = null;
        TakeQueue queue = null!;
        var source = new ImmediateSource(turn =>
        {
            if (turn == 1)
                second = queue.TakeAsync(1, Token).AsTask();
            else
                gate.Wait(Token);
        });
        queue = new TakeQueue(source, (_, _) => new(true), _time, leaders: 1);

        // The second turn blocks its thread: it must not be the first caller's.
        Task<IReadOnlyList<string>> first = Task.Run(async () => await queue.TakeAsync(1, Token), Token);

        Assert.Equal(["1"], await Eventually.CompletesAsync(first));
        gate.Set();
        Assert.Equal(["2"], await Eventually.CompletesAsync(second!));
    }

    [Fact]
    public async Task Two_leaders_have_two_turns_under_way()
    {
        var queue = new TakeQueue(_source, (_, _) => new(true), _time, leaders: 2);
        Task<IReadOnlyList<string>>[] takes = [Take(queue), Take(queue)];

        await Eventually.HoldsAsync(() => _source.Asked == 2);
        _source.Answer("a");
        _source.Answer("b");

        Assert.Equal(["a", "b"], (await Eventually.CompletesAsync(Task.WhenAll(takes))).Select(c => c.Single()).Order());
    }

    [Fact]
    public async Task Under_many_callers_and_cancellations_no_code_is_lost_or_given_twice()
    {
        int last = 0;
        var source = new YieldingSource(() => $"{Interlocked.Increment(ref last)}");
        var queue = new TakeQueue(source, (_, _) => new(true), _time, leaders: 2);
        Task<IReadOnlyList<string>>[] takes = [.. Enumerable.Range(0, 2_000).Select(i => Task.Run(async () =>
        {
            using var cancel = new CancellationTokenSource();
            Task<IReadOnlyList<string>> take = queue.TakeAsync(i % 5 + 1, cancel.Token).AsTask();
            if (i % 3 == 0)
                await cancel.CancelAsync();
            try
            {
                return await take;
            }
            catch (OperationCanceledException)
            {
                return [];
            }
        }, Token))];
        List<string> codes = [.. (await Eventually.CompletesAsync(Task.WhenAll(takes))).SelectMany(c => c)];
        await queue.CloseAsync(new CodePoolStoppedException("test", "has been stopped."));

        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.Equal(last, codes.Count + queue.Undelivered);
    }

    private TakeQueue NewQueue(Func<long, Task, ValueTask<bool>>? replenish = null) =>
        new(_source, replenish ?? ((_, _) => new(true)), _time, leaders: 1);

    private static Task<IReadOnlyList<string>> Take(TakeQueue queue, int count = 1, CancellationTokenSource? cancel = null) =>
        queue.TakeAsync(count, cancel?.Token ?? Token).AsTask();

    /// <summary>Answers its calls in turn, each when the test says so.</summary>
    private sealed class GatedSource : CodeSource
    {
        private readonly System.Threading.Channels.Channel<Func<IReadOnlyList<string>>> _answers =
            System.Threading.Channels.Channel.CreateUnbounded<Func<IReadOnlyList<string>>>();

        private int _asked;

        public override long Taken => 0;

        public int Asked => Volatile.Read(ref _asked);

        public int LastCount { get; private set; }

        public void Answer(params string[] codes) => _answers.Writer.TryWrite(() => codes);

        public void Fail(Exception failure) => _answers.Writer.TryWrite(() => throw failure);

        public override async ValueTask<IReadOnlyList<string>> TakeAsync(int maxCount)
        {
            LastCount = maxCount;
            Interlocked.Increment(ref _asked);
            return (await _answers.Reader.ReadAsync(Token))();
        }
    }

    private sealed class ImmediateSource(Action<int> onTurn) : CodeSource
    {
        private int _turn;

        public override long Taken => _turn;

        public override ValueTask<IReadOnlyList<string>> TakeAsync(int maxCount)
        {
            int turn = Interlocked.Increment(ref _turn);
            onTurn(turn);
            return new([$"{turn}"]);
        }
    }

    private sealed class YieldingSource(Func<string> next) : CodeSource
    {
        public override long Taken => 0;

        public override async ValueTask<IReadOnlyList<string>> TakeAsync(int maxCount)
        {
            await Task.Yield();
            return [.. Enumerable.Range(0, maxCount).Select(_ => next())];
        }
    }
}
