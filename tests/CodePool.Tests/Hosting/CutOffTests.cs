using CodePool.Internal.InMemory;
using CodePool.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CodePool.Tests.Hosting;

/// <summary>A process that is cut off from its store, which meanwhile may go back in time: it holds what it has confirmed, and does not burn it.</summary>
public sealed class CutOffTests
{
    private const int Ahead = 9;
    private static readonly TimeSpan EpochTimeout = new CodePoolOptions().EpochTimeout;

    private readonly World _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_hands_out_nothing_that_others_may_have_drawn_again(bool isProofNeeded)
    {
        await using TestHost other = await StartAsync(Dense);
        await using TestHost cutOff = await StartAsync(Dense);
        cutOff.Runtime.Proof.IsNeeded = isProofNeeded;
        InMemoryDatabase snapshot = _world.Database.Snapshot();
        while (cutOff.Runtime.Queue.Undelivered == 0 || (await _world.LevelsAsync()).Generated < 900)
            await cutOff.TakeAsync();
        cutOff.Faults.Fail(Fault.Faulted);
        _world.Database.Restore(snapshot);
        lock (_world.Database.Gate)
            _world.Database.Identity = "another";
        await Eventually.HoldsAsync(() => other.Runtime.Recovery.WaitsForOperator, _world.Time);

        // What the operator's rule asks for.
        _world.Time.Advance(EpochTimeout);
        await other.Operations.ResumeAsync(Token);
        await Eventually.HoldsAsync(() => !other.Runtime.Recovery.WaitsForOperator && !other.Runtime.Failures().Any(), _world.Time);
        HashSet<string> drawnAgain = [];
        while (await Eventually.CompletesAsync(other.Pool.TryTakeAsync(Token).AsTask(), _world.Time) is { } code)
            Assert.True(drawnAgain.Add(code));

        List<string> late = await TakeUntilItFailsAsync(cutOff);

        // Every code that it has confirmed and the store forgot has been drawn again.
        Assert.Equal(isProofNeeded ? 0 : late.Count, late.Count(drawnAgain.Contains));
        Assert.Equal(isProofNeeded, late.Count == 0);
        if (!isProofNeeded)
            return;

        // A beat that is refused proves nothing.
        cutOff.Faults.Choose = step => step == "Beat" ? Fault.None : Fault.Faulted;
        await Eventually.HoldsAsync(() => cutOff.Logged(31), _world.Time);
        Assert.Empty(await TakeUntilItFailsAsync(cutOff));

        // Back again, it drops what it held.
        cutOff.Faults.Heal();
        await Eventually.HoldsAsync(() => cutOff.Logged(43) && cutOff.Runtime.Queue.Undelivered == 0 && !cutOff.Runtime.Failures().Any(), _world.Time);
        Assert.Null(await Eventually.CompletesAsync(cutOff.Pool.TryTakeAsync(Token).AsTask(), _world.Time));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_holds_what_it_has_confirmed_until_it_has_beaten(bool isProofNeeded)
    {
        await using TestHost host = await StartAsync();
        host.Runtime.Proof.IsNeeded = isProofNeeded;
        string first = await host.TakeAsync();
        host.Faults.Fail(Fault.Faulted);
        _world.Time.Advance(EpochTimeout);
        List<string> late = await TakeUntilItFailsAsync(host);
        Assert.Equal(isProofNeeded ? 0 : Ahead, late.Count);
        if (!isProofNeeded)
            return;

        HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
        Assert.Contains("EpochTimeout", report.Entries.Single().Value.Description, StringComparison.Ordinal);
        Assert.Equal(Ahead, report.Entries.Single().Value.Data["undelivered"]);

        int asked = host.Faults.CallsOf("Confirm");
        host.Faults.Choose = step => step == "Beat" ? Fault.None : Fault.Faulted;
        await Eventually.HoldsAsync(() => host.Runtime.Queue.HasUndelivered, _world.Time);
        HashSet<string> codes = [first];
        for (int take = 0; take < Ahead; take++)
            Assert.True(codes.Add((await host.Pool.TryTakeAsync(Token))!));

        Assert.Equal(asked, host.Faults.CallsOf("Confirm"));
        foreach (string code in codes)
            Assert.Equal(CodeState.Used, await _world.StateAsync(code));
    }

    [Fact]
    public async Task It_holds_as_well_what_a_caller_has_left_behind()
    {
        await using TestHost host = await StartAsync(o => o.ConfirmAhead = 0);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Faults.After = step => step == "Confirm" ? answer.Task : Task.CompletedTask;
        using var cancel = new CancellationTokenSource();
        Task<string?> take = host.Pool.TryTakeAsync(cancel.Token).AsTask();
        await Eventually.HoldsAsync(() => host.Faults.CallsOf("Confirm") == 1);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => take);
        answer.SetResult();
        await Eventually.HoldsAsync(() => host.Runtime.Queue.HasUndelivered);

        host.Faults.Fail(Fault.Faulted);
        _world.Time.Advance(EpochTimeout);

        Assert.Empty(await TakeUntilItFailsAsync(host));
        Assert.Equal(1, host.Runtime.Queue.Undelivered);
    }

    [Fact]
    public async Task One_that_stood_still_asks_the_store_and_goes_on()
    {
        await using TestHost host = await StartAsync();
        string first = await host.TakeAsync();
        host.Faults.Before = step => step is "Beat" or "Lease" ? Task.Delay(Timeout.Infinite, Token) : Task.CompletedTask;
        _world.Time.Advance(EpochTimeout);
        Assert.False(host.Runtime.Proof.IsRecent);
        int asked = host.Faults.CallsOf("Confirm");

        // With nothing ahead while it does not know; then with what it held.
        HashSet<string> codes = [first];
        for (int take = 0; take < 1 + Ahead; take++)
            Assert.True(codes.Add(await host.TakeAsync()));

        Assert.Equal((asked + 1, 0), (host.Faults.CallsOf("Confirm"), host.Runtime.Queue.Undelivered));
        Assert.Equal(2 + Ahead, (await _world.AssertExactAsync()).Used);
    }

    [Fact]
    public async Task One_whose_epoch_others_have_closed_holds_and_then_hands_out_what_it_has()
    {
        await using TestHost host = await StartAsync();
        HashSet<string> codes = [await host.TakeAsync()];
        host.Faults.Fail(Fault.Faulted);
        _world.Time.Advance(EpochTimeout);
        Assert.Empty(await TakeUntilItFailsAsync(host));
        await _world.Store.CloseEpochAsync(host.Runtime.Epochs.Current!, Providers.EpochCloseReason.Stale, Token);
        host.Faults.Heal();
        await Eventually.HoldsAsync(() => host.Logged(31) && !host.Runtime.Failures().Any(), _world.Time);

        // No recovery was between: nothing is burned.
        Assert.Equal(Ahead, host.Runtime.Queue.Undelivered);
        while (host.Runtime.Queue.Undelivered > 0 || codes.Count < 2 * Ahead)
            Assert.True(codes.Add(await host.TakeAsync()));
        await host.StopAsync();
        Assert.Equal(codes.Count, (await _world.AssertExactAsync()).Used);
    }

    [Fact]
    public async Task Whoever_waits_in_it_gets_the_typed_error_or_leaves()
    {
        await using TestHost host = await StartAsync(o =>
        {
            (o.ConfirmAhead, o.CacheMinThreshold, o.CacheRefillBatch) = (100, 1, 20);
            o.TakeTimeout = TimeSpan.FromSeconds(30);
        });
        var lease = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Faults.Before = step => step == "Lease" ? lease.Task : Task.CompletedTask;
        await host.TakeAsync();
        int held = host.Runtime.Queue.Undelivered;
        Assert.InRange(held, 1, 32);
        host.Faults.Fail(Fault.Faulted, "Beat", "Confirm");
        _world.Time.Advance(EpochTimeout);
        while (host.Runtime.Cache.Cached > 0)
            await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(host.TakeAsync);

        // Nothing in the cache, and a refill that does not come.
        using var cancel = new CancellationTokenSource();
        Task<string?> leaves = host.Pool.TryTakeAsync(cancel.Token).AsTask();
        Task<string?> stays = host.Pool.TryTakeAsync(Token).AsTask();
        await Eventually.HoldsAsync(() => host.Runtime.Queue.HasPrecedence);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaves);
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => Eventually.CompletesAsync(stays, _world.Time));
        Assert.Equal(held, host.Runtime.Queue.Undelivered);

        // And one who still waits gets a code as soon as the heart beats again.
        Task<string?> waits = host.Pool.TryTakeAsync(Token).AsTask();
        host.Faults.Fail(Fault.Faulted, "Confirm");
        Assert.NotNull(await Eventually.CompletesAsync(waits, _world.Time));
        Assert.False(lease.Task.IsCompleted);
        lease.SetResult();
    }

    [Fact]
    public async Task A_stop_counts_what_is_held()
    {
        await using TestHost host = await StartAsync();
        await host.TakeAsync();
        host.Faults.Fail(Fault.Faulted, "Beat", "Lease", "Confirm");
        _world.Time.Advance(EpochTimeout);
        Assert.True(host.Runtime.Queue.IsHolding);

        await host.StopAsync();

        Assert.Equal((1 + Ahead, 0), ((await _world.AssertExactAsync()).Used, (await _world.LevelsAsync()).Leased));
    }

    [Fact]
    public async Task A_Journaled_process_goes_on()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        host.Faults.Fail(Fault.Faulted);
        _world.Time.Advance(10 * EpochTimeout);

        Assert.NotNull(await host.Pool.TryTakeAsync(Token));
    }

    private static void Dense(CodePoolOptions options)
    {
        (options.Alphabet, options.CodeLength, options.AllowGuessableCodes) = ("Digits", 3, true);
        (options.StoreMinThreshold, options.StoreTargetSize) = (100, 150);
    }

    /// <summary>What it hands out, in takes one after another, until the typed error.</summary>
    private static async Task<List<string>> TakeUntilItFailsAsync(TestHost host)
    {
        List<string> codes = [];
        try
        {
            while (true)
                codes.Add(await host.TakeAsync());
        }
        catch (CodePoolStoreUnavailableException)
        {
            return codes;
        }
    }

    private async Task<TestHost> StartAsync(Action<CodePoolOptions>? configure = null)
    {
        TestHost host = await _world.StartAsync(o =>
        {
            (o.Consistency, o.ConfirmAhead) = (CodeConsistency.Confirmed, Ahead);
            configure?.Invoke(o);
        });
        await host.FilledAsync();
        return host;
    }
}
