using CodePool.Internal.InMemory;
using CodePool.Tests.Support;

namespace CodePool.Tests.Hosting;

/// <summary>Codes confirmed beyond what callers wait for: Used before anybody has them, handed out once, and counted when nobody gets them.</summary>
public sealed class ConfirmAheadTests
{
    private readonly World _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 12)]
    [InlineData(3, 3)]
    [InlineData(11, 1)]
    public async Task Takes_share_a_commit_with_those_that_come_after_them(int ahead, int commits)
    {
        await using TestHost host = await StartAsync(ahead);
        int before = host.Faults.CallsOf("Confirm");
        for (int take = 0; take < 12; take++)
        {
            string code = await host.TakeAsync();
            Assert.Equal(CodeState.Used, (await host.Pool.FindAsync(code, Token))!.State);
        }

        Assert.Equal(commits, host.Faults.CallsOf("Confirm") - before);
        await _world.AssertExactAsync();
    }

    [Fact]
    public async Task A_quiet_process_confirms_few_ahead_whatever_it_may()
    {
        await using TestHost host = await StartAsync(ahead: 10_000);
        await host.TakeAsync();

        Assert.InRange((await _world.AssertExactAsync()).Used, 2, 20);
    }

    [Fact]
    public async Task What_a_stop_finds_confirmed_ahead_stays_Used_and_is_handed_out_to_nobody()
    {
        HashSet<string> codes = [];
        for (int start = 0; start < 3; start++)
        {
            await using TestHost host = await StartAsync(ahead: 9);
            for (int take = 0; take < 5; take++)
                Assert.True(codes.Add(await host.TakeAsync()));
            Assert.Equal(5, host.Runtime.Queue.Undelivered);
            await host.StopAsync();

            CodePoolAudit audit = await _world.AssertExactAsync();
            Assert.Equal((10 * (start + 1), 0, 0), (audit.Used, audit.Leased, audit.Unconfirmed));
        }
    }

    [Fact]
    public async Task Callers_at_once_get_each_code_once()
    {
        await using TestHost host = await StartAsync(ahead: 7);
        string[][] taken = await Eventually.CompletesAsync(Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var mine = new List<string>();
            for (int take = 0; take < 40; take++)
                mine.Add(take % 4 == 0 ? (await host.Pool.TakeUpToAsync(1, Token))[0] : await host.TakeAsync());
            return mine.ToArray();
        }, Token))));

        Assert.Equal(320, taken.SelectMany(codes => codes).Distinct().Count());
        Assert.Equal(320 + host.Runtime.Queue.Undelivered, (await _world.AssertExactAsync()).Used);
    }

    [Fact]
    public async Task A_take_of_all_there_are_gets_them()
    {
        await using TestHost host = await StartAsync(ahead: 10, o => (o.Alphabet, o.CodeLength, o.AllowGuessableCodes) = ("Digits", 3, true));

        Assert.Equal(1000, (await host.TakeUpToAsync(int.MaxValue)).Distinct().Count());
    }

    [Fact]
    public async Task Claims_at_once_confirm_no_more_ahead_than_one_may()
    {
        const int Ahead = 10;
        await using var host = new TestHost(
            _world, o => (o.Consistency, o.ConfirmAhead) = (CodeConsistency.Confirmed, Ahead), confirmConcurrency: 2);
        await host.StartAsync();
        await host.FilledAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Faults.Before = step => step == "Confirm" ? gate.Task : Task.CompletedTask;
        Task<string>[] takes = [host.TakeAsync(), host.TakeAsync()];
        await Eventually.HoldsAsync(() => host.Faults.CallsOf("Confirm") == 2);
        gate.SetResult();
        await Task.WhenAll(takes);

        await Eventually.HoldsAsync(async () => (await _world.LevelsAsync()).Used == 2 + host.Runtime.Queue.Undelivered, null);
        Assert.InRange(host.Runtime.Queue.Undelivered, 1, Ahead);
    }

    [Fact]
    public async Task Nobody_waits_for_a_refill_beside_codes_that_another_turn_has_confirmed_ahead()
    {
        await using var host = new TestHost(
            _world,
            o =>
            {
                (o.Consistency, o.ConfirmAhead) = (CodeConsistency.Confirmed, 100);
                (o.CacheMinThreshold, o.CacheRefillBatch) = (1, 20);
            },
            confirmConcurrency: 2);
        await host.StartAsync();
        await host.FilledAsync();
        var refill = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var claim = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Faults.Before = step => step switch { "Lease" => refill.Task, "Confirm" => claim.Task, _ => Task.CompletedTask };

        // One turn has popped all there is; the other finds nothing, and asks for a lease that does not come.
        Task<string> first = host.TakeAsync();
        await Eventually.HoldsAsync(() => host.Faults.CallsOf("Confirm") == 1);
        Task<string> second = host.TakeAsync();
        await Eventually.HoldsAsync(() => host.Runtime.Queue.HasPrecedence);
        claim.SetResult();

        Assert.NotEqual(await first, await second);
        Assert.False(refill.Task.IsCompleted);
        refill.SetResult();
    }

    [Fact]
    public async Task What_the_store_may_have_forgotten_again_is_handed_out_to_nobody()
    {
        // So dense that what was forgotten is drawn again.
        await using TestHost host = await StartAsync(ahead: 9, Dense);
        await using TestHost idle = await StartAsync(ahead: 9, Dense);
        InMemoryDatabase snapshot = _world.Database.Snapshot();
        HashSet<string> codes = [];
        while (host.Runtime.Queue.Undelivered == 0 || (await _world.LevelsAsync()).Generated < 900)
            Assert.True(codes.Add(await host.TakeAsync()));
        Assert.True(codes.Add(await idle.TakeAsync()));
        _world.Database.Restore(snapshot);
        lock (_world.Database.Gate)
            _world.Database.Identity = "another";

        await Eventually.HoldsAsync(() => host.Runtime.Recovery.WaitsForOperator && idle.Runtime.Recovery.WaitsForOperator, _world.Time);
        await host.Operations.ResumeAsync(Token);

        var after = new List<string>();
        foreach (TestHost one in new[] { host, idle, host })
        {
            await Eventually.HoldsAsync(() => !one.Runtime.Recovery.WaitsForOperator && !one.Runtime.Failures().Any(), _world.Time);
            while (await Eventually.CompletesAsync(one.Pool.TryTakeAsync(Token).AsTask(), _world.Time) is { } code)
                after.Add(code);
        }

        Assert.Equal(after.Count, after.Distinct().Count());
        foreach (string code in after)
            Assert.Equal(CodeState.Used, await _world.StateAsync(code));
    }

    [Fact]
    public async Task What_was_confirmed_before_the_store_went_back_and_is_answered_after_it_is_handed_out_to_nobody()
    {
        await using TestHost host = await StartAsync(ahead: 9);
        InMemoryDatabase snapshot = _world.Database.Snapshot();
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Faults.After = step => step == "Confirm" ? answer.Task : Task.CompletedTask;
        Task<string> first = host.Pool.TakeAsync(Token).AsTask();
        await Eventually.HoldsAsync(async () => (await _world.LevelsAsync()).Used == 10, null);
        _world.Database.Restore(snapshot);
        lock (_world.Database.Gate)
            _world.Database.Identity = "another";
        await using TestHost other = await _world.StartAsync(o => o.Consistency = CodeConsistency.Confirmed);
        await Eventually.HoldsAsync(() => host.Logged(43), _world.Time);
        answer.SetResult();

        // Neither to the caller who waited for it, nor to those who come later.
        Assert.Equal(CodeState.Used, await _world.StateAsync(await Eventually.CompletesAsync(first, _world.Time)));
        for (int take = 0; take < 9; take++)
            Assert.Equal(CodeState.Used, await _world.StateAsync(await host.TakeAsync()));
    }

    private static void Dense(CodePoolOptions options)
    {
        (options.Alphabet, options.CodeLength, options.AllowGuessableCodes) = ("Digits", 3, true);
        (options.StoreMinThreshold, options.StoreTargetSize) = (100, 150);
    }

    private async Task<TestHost> StartAsync(int ahead, Action<CodePoolOptions>? configure = null)
    {
        TestHost host = await _world.StartAsync(o =>
        {
            (o.Consistency, o.ConfirmAhead) = (CodeConsistency.Confirmed, ahead);
            configure?.Invoke(o);
        });
        await host.FilledAsync();
        return host;
    }
}
