using CodePool.Tests.Support;

namespace CodePool.Tests.Hosting;

/// <summary>The store fails in each of its steps, in each way: the host lives on, says so, and recovers by itself.</summary>
public sealed class StoreFaultTests
{
    private readonly World _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<CodeConsistency, string, Fault> StepsAndWays()
    {
        var data = new TheoryData<CodeConsistency, string, Fault>();
        string[] always = ["Fill", "OpenEpoch", "Lease", "Settle", "GetLevels", "Beat", "GetEpochs"];
        foreach (Fault fault in new[] { Fault.AtOnce, Fault.Faulted, Fault.AfterYield, Fault.ReplyLost })
        {
            foreach (string step in always.Append("Mark"))
                data.Add(CodeConsistency.Journaled, step, fault);
            foreach (string step in always.Append("Confirm"))
                data.Add(CodeConsistency.Confirmed, step, fault);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(StepsAndWays))]
    public async Task Each_step_may_fail(CodeConsistency consistency, string step, Fault fault)
    {
        await using TestHost host = _world.CreateHost(o => o.Consistency = consistency);
        host.Faults.Fail(fault, step);
        await host.StartAsync();

        // Takes go on, or fail with the typed error; the clock goes on until the step was tried a few times.
        HashSet<string> codes = [];
        await Eventually.HoldsAsync(async () =>
        {
            await TryTakeAsync(host, codes);
            return host.Faults.CallsOf(step) >= 8;
        }, _world.Time);
        host.Faults.Heal();

        for (int i = 0; i < 100; i++)
            Assert.True(codes.Add(await TakeWhenItRecoversAsync(host)));
        await Eventually.HoldsAsync(() => !host.Runtime.Failures().Any(), _world.Time);
        if (step != "Confirm")
        {
            Assert.True(host.Logged(10));
            Assert.True(host.Logged(11));
        }

        await host.StopAsync();
        CodePoolAudit audit = await _world.AssertExactAsync();
        Assert.Equal(0, audit.Leased);
        Assert.InRange(codes.Count, 100, audit.Used);
        foreach (string code in codes)
            Assert.Equal(CodeState.Used, await _world.StateAsync(code));
    }

    [Theory]
    [InlineData(Fault.AtOnce)]
    [InlineData(Fault.Faulted)]
    [InlineData(Fault.AfterYield)]
    public async Task The_host_starts_with_the_store_down_and_recovers_by_itself(Fault fault)
    {
        await using TestHost host = _world.CreateHost();
        host.Faults.Fail(fault);

        await host.StartAsync();

        Assert.True(host.Logged(2));
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(host.TakeAsync);
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(async () => await host.Pool.GetLevelsAsync(Token));
        host.Faults.Heal();
        Assert.NotNull(await TakeWhenItRecoversAsync(host));
        await Eventually.HoldsAsync(() => host.Logged(11), _world.Time);
        Assert.True(host.Logged(1));
    }

    [Fact]
    public async Task Lost_replies_of_leases_are_found_again_and_not_leased_anew()
    {
        await using TestHost host = _world.CreateHost();
        await host.StartAsync();
        await host.FilledAsync();
        await host.StopAsync();

        // One reply after another is lost, over many passes.
        await using TestHost second = _world.CreateHost();
        second.Faults.FailNext(Fault.ReplyLost, "Lease", times: 25);
        await second.StartAsync();
        await Eventually.HoldsAsync(() => second.Faults.CallsOf("Lease") >= 24, _world.Time);

        Assert.Equal(second.Runtime.Options.CacheRefillBatch, (await _world.LevelsAsync()).Leased);
        await second.FilledAsync();
        await Eventually.HoldsAsync(() => second.Runtime.CacheMonitor.Failure is null, _world.Time);
        Assert.Equal((await _world.LevelsAsync()).Leased, second.Runtime.Cache.Cached);
    }

    [Fact]
    public async Task A_lost_reply_of_a_claim_is_found_again_under_its_operation()
    {
        await using TestHost host = await _world.StartAsync(o => o.Consistency = CodeConsistency.Confirmed);
        await host.FilledAsync();
        host.Faults.FailNext(Fault.ReplyLost, "Confirm");

        string code = await host.TakeAsync();

        Assert.Equal(CodeState.Used, await _world.StateAsync(code));
        Assert.Equal((2, 1L), (host.Faults.CallsOf("Confirm"), (await _world.LevelsAsync()).Used));
    }

    [Fact]
    public async Task A_claim_that_never_gets_an_answer_is_a_typed_error_and_hands_nothing_out()
    {
        await using TestHost host = await _world.StartAsync(o => o.Consistency = CodeConsistency.Confirmed);
        await host.FilledAsync();
        host.Faults.Fail(Fault.AfterYield, "Confirm");

        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(host.TakeAsync);

        Assert.Equal(0, (await _world.LevelsAsync()).Used);
        host.Faults.Heal();
        await host.StopAsync();
        CodePoolAudit audit = await _world.AssertExactAsync();
        Assert.Equal(audit.Generated, audit.Available);
    }

    [Fact]
    public async Task Codes_of_unanswered_claims_go_back_while_the_process_lives()
    {
        await using TestHost host = await _world.StartAsync(o => o.Consistency = CodeConsistency.Confirmed);
        await host.FilledAsync();
        host.Faults.Fail(Fault.Faulted, "Confirm");
        for (int i = 0; i < 5; i++)
            await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(host.TakeAsync);
        host.Faults.Heal();

        // The lease they came from is taken to its end, and settled after the grace.
        await host.TakeUpToAsync(60);
        await Eventually.HoldsAsync(async () => await ConservedAsync(host), _world.Time);
        await _world.AssertExactAsync();
    }

    [Fact]
    public async Task Takes_go_on_without_marks_until_the_journal_is_full()
    {
        await using TestHost host = await _world.StartAsync(o =>
        {
            o.MaxJournalLength = 100;
            o.StoreMinThreshold = 500;
            o.StoreTargetSize = 1_000;
        });
        await host.FilledAsync();
        host.Faults.Fail(Fault.Faulted, "Mark");

        HashSet<string> codes = [];
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(async () =>
        {
            while (true)
                codes.Add(await host.TakeAsync());
        });

        int most = 100 + host.Runtime.Options.CacheMinThreshold + host.Runtime.Options.CacheRefillBatch;
        Assert.InRange(codes.Count, 100, most);
        host.Faults.Heal();
        Assert.True(codes.Add(await TakeWhenItRecoversAsync(host)));
        await host.StopAsync();
        Assert.Equal(codes.Count, (await _world.AssertExactAsync()).Used);
    }

    [Fact]
    public async Task Takes_that_never_pause_do_not_keep_a_marking_pass_from_ending()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        host.Faults.Before = step =>
        {
            // While a batch is being marked, the next code is taken.
            if (step == "Mark")
                host.Runtime.Cache.TryTake(out _);
            return Task.CompletedTask;
        };
        int marks = host.Faults.CallsOf("Mark");
        await host.TakeAsync();

        await Eventually.CompletesAsync(host.Runtime.Marker.RequestAsync());

        Assert.InRange(host.Faults.CallsOf("Mark") - marks, 1, 3);
        host.Faults.Before = _ => Task.CompletedTask;
    }

    private static async Task TryTakeAsync(TestHost host, HashSet<string> codes)
    {
        try
        {
            Task<string?> take = host.Pool.TryTakeAsync(Token).AsTask();
            await Eventually.HoldsAsync(() => take.IsCompleted, host.World.Time);
            if (await take is { } code)
                Assert.True(codes.Add(code));
        }
        catch (CodePoolStoreUnavailableException)
        {
            // Typed, as it should be.
        }
    }

    private static async Task<string> TakeWhenItRecoversAsync(TestHost host)
    {
        string? code = null;
        await Eventually.HoldsAsync(async () =>
        {
            try
            {
                code = await host.TakeAsync();
                return true;
            }
            catch (CodePoolStoreUnavailableException)
            {
                return false;
            }
        }, host.World.Time);
        return code!;
    }

    /// <summary>Nothing is leased but what is in the cache.</summary>
    private async ValueTask<bool> ConservedAsync(TestHost host) =>
        (await _world.LevelsAsync()).Leased == host.Runtime.Cache.Cached;
}
