using CodePool.Internal.Hosting;
using CodePool.Internal.Taking;
using CodePool.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CodePool.Tests.Taking;

/// <summary>A queue without a recent proof of the store: it hands out nothing, and neither hangs nor says that it is empty.</summary>
public sealed class HeldCodesTests
{
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly PendingSource _source = new();
    private readonly LastProof _proof;
    private readonly TaskCompletionSource<bool> _refill = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TakeQueue _queue;

    public HeldCodesTests()
    {
        _proof = new LastProof("test", Validity, _time);
        _queue = new TakeQueue(_source, ReplenishAsync, _time, leaders: 1, _proof);
        _proof.OnProved = _queue.Release;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_held_is_not_handed_out_and_a_pool_that_holds_it_is_not_empty(bool isNeeded)
    {
        await LeaveOneAsync(isNeeded);
        Task<string?> take = TakeAsync();
        if (!isNeeded)
        {
            Assert.Equal("b", await take);
            return;
        }

        (await _source.CallAsync(1)).Answer();
        _refill.SetResult(false);

        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => take);
        Assert.Equal((1, false, true), (_queue.Undelivered, _queue.HasUndelivered, _queue.IsHolding));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_took_too_long_is_held(bool isNeeded)
    {
        _proof.IsNeeded = isNeeded;
        Task<string?> take = TakeAsync();
        long begun = _proof.Begin();
        PendingSource.Call call = await _source.CallAsync(0);
        _time.Advance(Validity);
        _proof.Prove(begun);
        call.Answer("a");
        if (!isNeeded)
        {
            Assert.Equal("a", await take);
            return;
        }

        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => take);
        Assert.True(_queue.IsHolding);

        _proof.Prove(_proof.Begin());
        Assert.Equal("a", await TakeAsync());
        Assert.Equal(1, _source.Asked);
    }

    [Fact]
    public async Task A_proof_is_as_old_as_its_request_and_the_latest_counts()
    {
        Assert.False(_proof.IsRecent);
        long first = _proof.Begin();
        _time.Advance(Validity / 2);
        _proof.Prove(_proof.Begin());
        _proof.Prove(first);
        _time.Advance(Validity - TimeSpan.FromTicks(1));
        Assert.True(_proof.IsRecent);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(_proof.IsRecent);
        await Eventually.CompletesAsync(_queue.CloseAsync(new CodePoolStoppedException("test", "has been stopped.")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_waits_for_a_refill_gets_what_is_held_as_soon_as_there_is_a_proof(bool releases)
    {
        await LeaveOneAsync(isNeeded: true);
        Task<string?> take = TakeAsync();
        (await _source.CallAsync(1)).Answer();
        await Eventually.HoldsAsync(() => _queue.HasPrecedence && _arrival is { IsCompleted: false });
        if (!releases)
            _proof.OnProved = null;
        _proof.Prove(_proof.Begin());
        if (!releases)
        {
            // Nobody tells it: it waits for the refill, or for its time to run out.
            Assert.False(_arrival!.IsCompleted);
            _refill.SetException(new CodePoolStoreUnavailableException("test", "no refill"));
        }

        Assert.Equal("b", await Eventually.CompletesAsync(take));
        Assert.Equal((2, !releases), (_source.Asked, _refill.Task.IsFaulted));
    }

    [Fact]
    public async Task Who_waits_beside_what_is_held_gets_the_failure_of_the_refill()
    {
        await LeaveOneAsync(isNeeded: true);
        Task<string?> take = TakeAsync();
        (await _source.CallAsync(1)).Answer();
        _refill.SetException(new CodePoolStoreUnavailableException("test", "no refill"));

        Assert.Contains("no refill", (await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => take)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_waits_beside_what_is_held_may_leave()
    {
        await LeaveOneAsync(isNeeded: true);
        using var cancel = new CancellationTokenSource();
        Task<string?> take = _queue.TakeAsync(cancel.Token).AsTask();
        (await _source.CallAsync(1)).Answer();
        await Eventually.HoldsAsync(() => _queue.HasPrecedence && _arrival is not null);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => take);
        Assert.Equal(1, _queue.Undelivered);
        _refill.SetResult(true);
        await Eventually.CompletesAsync(_queue.CloseAsync(new CodePoolStoppedException("test", "has been stopped.")));
    }

    [Fact]
    public async Task What_is_held_when_it_is_forgotten_is_handed_out_to_nobody()
    {
        await LeaveOneAsync(isNeeded: true);
        int forgotten = 0;
        _queue.OnForgotten = count => forgotten += count;
        _queue.Forget();
        _proof.Prove(_proof.Begin());

        Task<string?> take = TakeAsync();
        (await _source.CallAsync(1)).Answer("c");

        Assert.Equal("c", await Eventually.CompletesAsync(take));
        Assert.Equal((1, 0), (forgotten, _queue.Undelivered));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_caller_has_gathered_is_looked_at_once_more_when_it_ends(bool isNeeded)
    {
        Task<IReadOnlyList<string>> take = await GatherTwoOfThreeAsync(isNeeded);
        _time.Advance(Validity);
        (await _source.CallAsync(1)).Answer();
        _refill.SetException(new CodePoolStoreUnavailableException("test", "no refill"));
        if (!isNeeded)
        {
            Assert.Equal(["a", "b"], await take);
            return;
        }

        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => take);
        await Eventually.HoldsAsync(() => _queue.Undelivered == 2);
        _proof.Prove(_proof.Begin());
        Assert.Equal("a", await Eventually.CompletesAsync(TakeAsync()));
    }

    [Fact]
    public async Task What_a_caller_has_gathered_before_a_recovery_is_nobodys()
    {
        int forgotten = 0;
        _queue.OnForgotten = count => forgotten += count;
        Task<IReadOnlyList<string>> take = await GatherTwoOfThreeAsync(isNeeded: true);
        _queue.Forget();
        PendingSource.Call rest = await _source.CallAsync(1);
        rest.Answer();
        _refill.SetResult(true);

        // Asked for after the recovery: these are everybody's.
        (await _source.CallAsync(2)).Answer("c", "d", "e");
        Assert.Equal(["c", "d", "e"], await Eventually.CompletesAsync(take));
        Assert.Equal(2, forgotten);
    }

    [Fact]
    public async Task What_is_offered_has_the_era_in_which_it_was_claimed()
    {
        var undelivered = new UndeliveredCodes(proof: null);
        int forgotten = 0;
        var request = new ManyCodesRequest(3, 0, undelivered, count => forgotten += count);
        int before = undelivered.Era;
        undelivered.Forget();

        // Between the last look and the offer there was a recovery.
        Assert.Equal(2, request.Offer(["a", "b"], before, out _));
        request.Finish();

        Assert.Empty(await Eventually.CompletesAsync(request.Codes.AsTask()));
        Assert.Equal((2, 0), (forgotten, undelivered.Count));
    }

    private async Task<Task<IReadOnlyList<string>>> GatherTwoOfThreeAsync(bool isNeeded)
    {
        _proof.IsNeeded = isNeeded;
        _proof.Prove(_proof.Begin());
        Task<IReadOnlyList<string>> take = _queue.TakeAsync(3, Token).AsTask();
        (await _source.CallAsync(0)).Answer("a", "b");
        await _source.CallAsync(1);
        return take;
    }

    /// <summary>One code is left over, and the last proof is as old as it may not be.</summary>
    private async Task LeaveOneAsync(bool isNeeded)
    {
        _proof.IsNeeded = isNeeded;
        _proof.Prove(_proof.Begin());
        Task<string?> take = TakeAsync();
        (await _source.CallAsync(0)).Answer("a", "b");
        Assert.Equal("a", await Eventually.CompletesAsync(take));
        await Eventually.HoldsAsync(() => _queue.Undelivered == 1);
        _time.Advance(Validity);
    }

    private Task<string?> TakeAsync() => _queue.TakeAsync(Token).AsTask();

    private Task? _arrival;

    private async ValueTask<bool> ReplenishAsync(long since, Task arrival)
    {
        _arrival = arrival;
        return await Task.WhenAny(_refill.Task, arrival) == arrival || await _refill.Task;
    }
}
