using CodePool.Tests.Support;

namespace CodePool.Tests.Hosting;

/// <summary>Takes through a real host, in both consistencies.</summary>
public sealed class TakingTests
{
    private readonly World _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task Eight_callers_get_each_code_once_and_each_becomes_Used(CodeConsistency consistency)
    {
        await using TestHost host = await _world.StartAsync(o => o.Consistency = consistency);

        Task<List<string>>[] callers = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            List<string> mine = [];
            for (int i = 0; i < 250; i++)
                mine.Add(await host.Pool.TakeAsync(Token));
            return mine;
        }, Token))];
        List<string> codes = [.. (await Eventually.CompletesAsync(Task.WhenAll(callers))).SelectMany(c => c)];
        await host.StopAsync();

        Assert.Equal(2_000, codes.Distinct().Count());
        Assert.All(codes, code => Assert.True(host.Pool.Format.IsMatch(code)));
        CodePoolAudit audit = await _world.AssertExactAsync();
        Assert.Equal((2_000, 0, 0), (audit.Used, audit.Leased, audit.Unconfirmed));
        Assert.Equal(CodeState.Used, await _world.StateAsync(codes[0]));
    }

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task A_take_of_many_goes_on_across_refills(CodeConsistency consistency)
    {
        await using TestHost host = await _world.StartAsync(o => o.Consistency = consistency);

        IReadOnlyList<string> codes = await Eventually.CompletesAsync(host.Pool.TakeUpToAsync(1_500, Token).AsTask());

        Assert.Equal(1_500, codes.Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_take_of_many_that_ends_early_keeps_what_it_has_from_memory(bool stops)
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        var gate = new TaskCompletionSource();
        host.Faults.Before = step => step == "Lease" ? gate.Task : Task.CompletedTask;
        using var cancel = new CancellationTokenSource();

        Task<IReadOnlyList<string>> take = host.Pool.TakeUpToAsync(10_000, cancel.Token).AsTask();
        await Eventually.HoldsAsync(() => host.Runtime.Queue.HasPrecedence);
        Task? stopping = null;
        if (stops)
        {
            stopping = host.StopAsync();
            gate.SetResult();
        }
        else
        {
            await cancel.CancelAsync();
        }

        IReadOnlyList<string> codes = await Eventually.CompletesAsync(take);
        gate.TrySetResult();
        await (stopping ?? host.StopAsync());
        Assert.NotEmpty(codes);
        Assert.Equal(codes.Count, codes.Distinct().Count());
        CodePoolAudit audit = await _world.AssertExactAsync();
        Assert.InRange(audit.Used, codes.Count, codes.Count + 20);
        Assert.Equal(0, audit.Unconfirmed);
    }

    [Fact]
    public async Task A_confirmed_code_is_Used_before_its_caller_has_it()
    {
        await using TestHost host = await _world.StartAsync(o => o.Consistency = CodeConsistency.Confirmed);

        string code = await host.TakeAsync();

        Assert.Equal(CodeState.Used, await _world.StateAsync(code));
        Assert.Equal(CodeState.Used, (await host.Pool.FindAsync(code.ToLowerInvariant(), Token))!.State);
        Assert.Null(await host.Pool.FindAsync("not a code", Token));
    }

    [Fact]
    public async Task A_journaled_code_is_Leased_until_the_marker_comes()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        var gate = new TaskCompletionSource();
        host.Faults.Before = step => step == "Mark" ? gate.Task : Task.CompletedTask;

        string code = await host.TakeAsync();
        Assert.Equal(CodeState.Leased, await _world.StateAsync(code));

        gate.SetResult();
        await Eventually.HoldsAsync(async () => await _world.StateAsync(code) == CodeState.Used, _world.Time);
    }

    [Fact]
    public async Task Levels_add_up_and_follow_the_takes()
    {
        await using TestHost host = await _world.StartAsync(o => o.Consistency = CodeConsistency.Confirmed);
        await host.FilledAsync();
        await host.TakeUpToAsync(5);

        CodePoolLevels levels = await host.Pool.GetLevelsAsync(Token);

        Assert.Equal(5, levels.Used);
        Assert.Equal(levels.Generated, levels.Available + levels.Leased + levels.Used + levels.Unconfirmed + levels.Void);
        Assert.InRange(levels.Cached, 1, levels.Leased);
    }

    [Fact]
    public async Task Taking_none_needs_nothing()
    {
        await using TestHost host = _world.CreateHost();
        Assert.Empty(await host.Pool.TakeUpToAsync(0, Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await host.Pool.TakeUpToAsync(-1, Token));
    }

    [Fact]
    public async Task Low_water_brings_the_refill_before_the_next_tick()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();

        // The clock stands still: only takes can wake the monitor, and no take finds the cache empty.
        for (int i = 0; i < 500; i++)
        {
            await Eventually.HoldsAsync(() => host.Runtime.Cache.Cached > 0);
            Assert.NotNull(await host.Pool.TryTakeAsync(Token));
        }
    }

    [Fact]
    public async Task Who_waits_for_a_fill_is_served_by_its_first_batch()
    {
        await using TestHost host = _world.CreateHost(o => o.StoreTargetSize = 20_000);
        TaskCompletionSource first = new(), rest = new();
        int batches = 0;
        host.Faults.Before = step => step != "Fill" ? Task.CompletedTask : Interlocked.Increment(ref batches) == 1 ? first.Task : rest.Task;
        await host.StartAsync();

        // The monitor finds the store empty by itself, and again for the take, which then waits for the fill.
        await Eventually.HoldsAsync(() => host.Faults.CallsOf("Lease") == 1);
        Task<string> waiting = host.Pool.TakeAsync(Token).AsTask();
        await Eventually.HoldsAsync(() => host.Faults.CallsOf("Lease") == 2 && host.Runtime.Queue.HasPrecedence);
        first.SetResult();

        // The clock stands still: no tick of a monitor can help it, and the fill goes on.
        Assert.NotNull(await Eventually.CompletesAsync(waiting));
        rest.SetResult();
    }

    [Fact]
    public async Task Who_waits_for_a_refill_is_served_though_others_keep_coming()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        var refill = new TaskCompletionSource();
        host.Faults.Before = step => step == "Lease" ? refill.Task : Task.CompletedTask;
        while (host.Runtime.Cache.TryTake(out _))
        {
        }

        Task<string> waiting = host.Pool.TakeAsync(Token).AsTask();
        await Eventually.HoldsAsync(() => host.Runtime.Queue.HasPrecedence);

        // From here on each lease meets callers enough to take it all, until the one who waits is served.
        const int Many = 1_000;
        int leases = 0;
        List<Task<string?>> others = [];
        host.Faults.Before = step =>
        {
            if (step == "Lease" && !waiting.IsCompleted && ++leases < Many)
                others.AddRange(Enumerable.Range(0, 60).Select(_ => host.Pool.TryTakeAsync(Token).AsTask()));
            return Task.CompletedTask;
        };
        refill.SetResult();

        await Eventually.CompletesAsync(waiting);
        Assert.InRange(leases, 1, Many - 1);
        await Eventually.HoldsAsync(() => others.TrueForAll(take => take.IsCompleted));
    }

    [Fact]
    public async Task A_cancelled_take_leaves_its_code_to_the_next()
    {
        await using TestHost host = await _world.StartAsync(o => o.Consistency = CodeConsistency.Confirmed);
        await host.FilledAsync();
        var gate = new TaskCompletionSource();
        host.Faults.Before = step => step == "Confirm" ? gate.Task : Task.CompletedTask;
        using var cancel = new CancellationTokenSource();
        Task<string?> take = host.Pool.TryTakeAsync(cancel.Token).AsTask();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => take);
        gate.SetResult();
        await Eventually.HoldsAsync(() => host.Runtime.Queue.Undelivered == 1);
        await host.TakeAsync();

        Assert.Equal(1, (await _world.LevelsAsync()).Used);
    }

    [Fact]
    public async Task A_refill_that_does_not_come_ends_the_take_with_a_typed_error()
    {
        await using TestHost host = await _world.StartAsync(o => o.TakeTimeout = TimeSpan.FromSeconds(3));
        await host.FilledAsync();
        var never = new TaskCompletionSource();
        host.Faults.Before = step => step == "Lease" ? never.Task : Task.CompletedTask;
        while (host.Runtime.Cache.TryTake(out _))
        {
        }

        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(host.TakeAsync);
        never.SetResult();
    }

    [Fact]
    public async Task Not_started_it_says_so()
    {
        await using TestHost host = _world.CreateHost();
        CodePoolStoppedException failure = await Assert.ThrowsAsync<CodePoolStoppedException>(
            async () => await host.Pool.TakeAsync(Token));
        Assert.Contains("IHost.StartAsync", failure.Message, StringComparison.Ordinal);
    }
}
