using CodePool.Tests.Support;

namespace CodePool.Tests.Hosting;

public sealed class StopTests
{
    private readonly World _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task A_clean_stop_returns_what_nobody_saw_and_the_next_start_goes_on(CodeConsistency consistency)
    {
        HashSet<string> codes = [];
        for (int start = 0; start < 3; start++)
        {
            await using TestHost host = await _world.StartAsync(o => o.Consistency = consistency);
            await host.FilledAsync();
            for (int i = 0; i < 30; i++)
                Assert.True(codes.Add(await host.TakeAsync()));
            await host.StopAsync();

            Assert.True(host.Logged(3));
            CodePoolAudit audit = await _world.AssertExactAsync();
            Assert.Equal((codes.Count, 0, 0), (audit.Used, audit.Leased, audit.Unconfirmed));
        }
    }

    [Fact]
    public async Task A_sealed_cache_is_not_leased_for()
    {
        // Between the seal and the monitor's end, which a store that answers at once and ignores its token would never let come.
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        await Eventually.CompletesAsync(host.Runtime.CacheMonitor.RequestAsync()); // the pass that has filled it is over
        host.Runtime.Cache.Seal();
        int leases = host.Faults.CallsOf("Lease");
        await Eventually.CompletesAsync(host.Runtime.CacheMonitor.RequestAsync());
        Assert.InRange(host.Faults.CallsOf("Lease") - leases, 0, 1);

        await host.StopAsync();
        CodePoolAudit audit = await _world.AssertExactAsync();
        Assert.Equal((0, 0), (audit.Leased, audit.Unconfirmed));
    }

    [Fact]
    public async Task A_cache_that_refuses_its_epoch_gets_a_new_one()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        host.Runtime.Cache.Drop(long.MaxValue);
        await Eventually.HoldsAsync(() => host.Runtime.Cache.Cached >= host.Runtime.Options.CacheMinThreshold, _world.Time);
        Assert.True(host.Logged(31));
        await host.TakeAsync();
        await _world.AssertExactAsync();
    }

    [Fact]
    public async Task Stopped_it_says_so()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        await host.StopAsync();

        await Assert.ThrowsAsync<CodePoolStoppedException>(async () => await host.Pool.TryTakeAsync(Token));
        await Assert.ThrowsAsync<CodePoolStoppedException>(async () => await host.Pool.TakeUpToAsync(3, Token));
    }

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task Stopped_under_eight_callers_the_sum_is_exact(CodeConsistency consistency)
    {
        await using TestHost host = await _world.StartAsync(o => o.Consistency = consistency);
        int taken = 0;
        Task<List<string>>[] callers = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            List<string> mine = [];
            try
            {
                while (true)
                {
                    mine.Add(await host.Pool.TakeAsync(Token));
                    Interlocked.Increment(ref taken);
                }
            }
            catch (CodePoolStoppedException)
            {
                return mine;
            }
        }, Token))];
        await Eventually.HoldsAsync(() => Volatile.Read(ref taken) > 300);

        await host.StopAsync();

        List<string> codes = [.. (await Eventually.CompletesAsync(Task.WhenAll(callers))).SelectMany(c => c)];
        Assert.Equal(codes.Count, codes.Distinct().Count());
        CodePoolAudit audit = await _world.AssertExactAsync();
        Assert.Equal((0, 0), (audit.Leased, audit.Unconfirmed));
        Assert.Equal(codes.Count + host.Runtime.Queue.Undelivered, audit.Used);
    }

    [Theory]
    [InlineData(Fault.AtOnce)]
    [InlineData(Fault.AfterYield)]
    public async Task Stopped_while_the_store_is_down_it_neither_throws_nor_hangs(Fault fault)
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        await host.TakeAsync();
        host.Faults.Fail(fault);

        await host.StopAsync();

        Assert.True(host.Logged(4));
        await _world.AssertExactAsync();
    }

    [Fact]
    public async Task A_stop_whose_time_is_over_gives_up_on_a_store_that_hangs()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        var never = new TaskCompletionSource();
        host.Faults.Before = step => step is "Mark" or "Settle" ? never.Task : Task.CompletedTask;
        host.Runtime.Cache.TryTake(out _);
        using var deadline = new CancellationTokenSource();
        Task stop = host.StopWithinAsync(deadline.Token);

        await deadline.CancelAsync();

        await Eventually.CompletesAsync(stop.ContinueWith(_ => { }, TaskScheduler.Default));
        Assert.True(host.Logged(4));
        never.SetResult();
    }

    [Fact]
    public async Task Stopped_before_the_store_was_ever_there_nothing_happens()
    {
        await using TestHost host = _world.CreateHost();
        host.Faults.Fail(Fault.Faulted);
        await host.StartAsync();

        await host.StopAsync();

        await Assert.ThrowsAsync<CodePoolStoppedException>(async () => await host.Pool.TryTakeAsync(Token));
    }

    [Fact]
    public async Task Callers_who_wait_when_it_stops_get_the_typed_error()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        var gate = new TaskCompletionSource();
        host.Faults.Before = step => step == "Lease" ? gate.Task : Task.CompletedTask;
        while (host.Runtime.Cache.TryTake(out _))
        {
        }

        Task<string>[] waiting = [.. Enumerable.Range(0, 5).Select(_ => host.Pool.TakeAsync(Token).AsTask())];
        await Eventually.HoldsAsync(() => host.Runtime.Queue.HasPrecedence);
        Task stop = host.StopAsync();
        gate.SetResult();

        await Eventually.CompletesAsync(stop);
        foreach (Task<string> take in waiting)
            await Assert.ThrowsAsync<CodePoolStoppedException>(() => take);
        await _world.AssertExactAsync();
    }

    [Fact]
    public async Task A_lease_whose_reply_the_stop_cut_off_goes_back()
    {
        await using TestHost host = _world.CreateHost();
        host.Faults.Fail(Fault.ReplyLost, "Lease");
        await host.StartAsync();
        await Eventually.HoldsAsync(async () => (await _world.LevelsAsync()).Leased > 0, _world.Time);

        await host.StopAsync();

        CodePoolAudit audit = await _world.AssertExactAsync();
        Assert.Equal((audit.Generated, 0, 0), (audit.Available, audit.Leased, audit.Unconfirmed));
    }
}
