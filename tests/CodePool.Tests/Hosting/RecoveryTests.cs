using CodePool.Internal.InMemory;
using CodePool.Tests.Support;
using Microsoft.Extensions.Logging;

namespace CodePool.Tests.Hosting;

/// <summary>A database that went back in time.</summary>
public sealed class RecoveryTests
{
    private readonly World _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task It_is_noticed_and_answered_and_no_code_comes_twice_after_that(CodeConsistency consistency)
    {
        await using TestHost host = await _world.StartAsync(o => o.Consistency = consistency);
        await host.FilledAsync();
        InMemoryDatabase snapshot = _world.Database.Snapshot();
        HashSet<string> codes = [];
        for (int i = 0; i < 200; i++)
            codes.Add(await host.TakeAsync());

        _world.Database.Restore(snapshot);
        await NoticedAsync(host, codes);

        for (int i = 0; i < 200; i++)
            Assert.True(codes.Add(await TakeAsync(host)));
        Assert.Equal(LogLevel.Critical, host.Logs.First(record => record.Id.Id == 40).Level);
        await Eventually.HoldsAsync(() => !host.Runtime.Failures().Any(), _world.Time);
        await host.StopAsync();
        await _world.AssertExactAsync();
    }

    [Fact]
    public async Task A_database_with_another_identity_is_noticed()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        HashSet<string> codes = [];
        for (int i = 0; i < 30; i++)
            codes.Add(await host.TakeAsync());

        lock (_world.Database.Gate)
            _world.Database.Identity = "another";
        await NoticedAsync(host, codes);

        for (int i = 0; i < 100; i++)
            Assert.True(codes.Add(await TakeAsync(host)));
        await host.StopAsync();
        await _world.AssertExactAsync();
    }

    [Fact]
    public async Task What_an_epoch_lost_earlier_left_in_memory_is_dropped_too()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();

        // Closed by others, noticed, and still being finished, when the database changes.
        Providers.Epoch epoch = host.Runtime.Epochs.Current!;
        await _world.Store.CloseEpochAsync(epoch, Providers.EpochCloseReason.Stale, Token);
        await Eventually.HoldsAsync(() => host.Runtime.Epochs.Current is { } next && next.Number > epoch.Number, _world.Time);
        Assert.True(host.Runtime.Cache.Cached > 0);
        host.Runtime.Cache.TryTake(out _);
        lock (_world.Database.Gate)
            _world.Database.Identity = "another";

        await Eventually.HoldsAsync(() => host.Logged(40), _world.Time);

        await Eventually.HoldsAsync(
            () => host.Runtime.Epochs.Current is { } young && young.Number > epoch.Number + 2, _world.Time);
        Providers.PopResult pop = await host.Runtime.Cache.PopAsync(1, Token);
        Assert.True(pop.Epoch is null || pop.Epoch.Number > epoch.Number + 2);
    }

    [Fact]
    public async Task An_epoch_opened_while_the_answer_is_under_way_is_dropped_with_those_it_closes()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        Providers.Epoch first = host.Runtime.Epochs.Current!;
        var answering = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Faults.Before = step => step == "Recover" ? answering.Task : Task.CompletedTask;
        Task answer = host.Runtime.Recovery.AnswerAsync(new Providers.StoreRewoundException(World.Pool, "the test says so", first.Number), Token);
        await Eventually.HoldsAsync(() => host.Faults.CallsOf("Recover") == 1);

        // Closed by others meanwhile, so this process opens the next, and fills its cache from that.
        await _world.Store.CloseEpochAsync(first, Providers.EpochCloseReason.Stale, Token);
        await Eventually.HoldsAsync(() => host.Runtime.Epochs.Current is { } next && next.Number > first.Number, _world.Time);
        while (host.Runtime.Cache.TryTake(out _))
        {
        }

        await Eventually.HoldsAsync(() => host.Runtime.Cache.Cached >= host.Runtime.Options.CacheMinThreshold, _world.Time);
        await Eventually.CompletesAsync(host.Runtime.CacheMonitor.RequestAsync());
        answering.SetResult();
        await Eventually.CompletesAsync(answer);

        // Whatever is popped now is of an epoch that was opened after the recovery, whose numbers have jumped.
        Providers.PopResult pop = await host.Runtime.Cache.PopAsync(1, Token);
        Assert.True(pop.Epoch is null || pop.Epoch.Number > 1 << 20, $"Popped from epoch {pop.Epoch?.Number}.");
    }

    [Fact]
    public async Task It_is_said_though_the_reply_of_the_answer_is_lost()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        await host.TakeAsync();
        host.Faults.FailNext(Fault.ReplyLost, "Recover");
        lock (_world.Database.Gate)
            _world.Database.Identity = "another";
        HashSet<string> codes = [];

        await NoticedAsync(host, codes);

        Assert.Equal(2, host.Faults.CallsOf("Recover"));
    }

    [Fact]
    public async Task A_process_that_noticed_nothing_drops_what_it_holds_when_another_has_answered()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        InMemoryDatabase snapshot = _world.Database.Snapshot();
        await using TestHost idle = await _world.StartAsync();
        await idle.FilledAsync();
        Providers.Epoch old = idle.Runtime.Epochs.Current!;
        HashSet<string> codes = [];
        for (int i = 0; i < 100; i++)
            codes.Add(await host.TakeAsync());

        _world.Database.Restore(snapshot);
        await NoticedAsync(host, codes);
        await Eventually.HoldsAsync(
            () => idle.Runtime.Epochs.Current is { } young && young.Number > old.Number, _world.Time);

        Assert.True(idle.Logged(43));
        Providers.PopResult pop = await idle.Runtime.Cache.PopAsync(1, Token);
        Assert.True(pop.Epoch is null || pop.Epoch.Number > old.Number);
    }

    [Fact]
    public async Task A_dense_keyspace_stops_until_the_operator_resumes_it()
    {
        await using TestHost host = await _world.StartAsync(Dense);
        await host.FilledAsync();
        await using TestHost other = await _world.StartAsync(Dense);
        await other.FilledAsync();
        lock (_world.Database.Gate)
            _world.Database.Identity = "another";

        await Eventually.HoldsAsync(async () => await IsStoppedAsync(host), _world.Time);
        await Eventually.HoldsAsync(
            () => host.Runtime.Recovery.WaitsForOperator && other.Runtime.Recovery.WaitsForOperator, _world.Time);
        Assert.Equal((0, 0), (host.Runtime.Cache.Cached, other.Runtime.Cache.Cached));
        Assert.Single(host.Logs.Concat(other.Logs), record => record.Id.Id == 40 && record.Message.Contains("identity", StringComparison.Ordinal));

        await host.Operations.ResumeAsync(Token);

        Assert.True(host.Logged(42));
        Assert.NotNull(await TakeAsync(host));
        Assert.NotNull(await TakeAsync(other));
        await Eventually.HoldsAsync(
            () => !host.Runtime.Recovery.WaitsForOperator && !other.Runtime.Recovery.WaitsForOperator, _world.Time);
        await _world.AssertExactAsync();
    }

    [Fact]
    public async Task Resuming_a_pool_that_is_not_stopped_changes_nothing()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        Providers.StoreLevels before = await _world.LevelsAsync();

        await host.Operations.ResumeAsync(Token);

        Assert.Equal(before.Unconfirmed, (await _world.LevelsAsync()).Unconfirmed);
        Assert.NotNull(await host.TakeAsync());
    }

    private static void Dense(CodePoolOptions options)
    {
        options.Alphabet = "Digits";
        options.CodeLength = 5;
        options.AllowGuessableCodes = true;
    }

    /// <summary>Takes until somebody notices; these may be repeats, which is a named exclusion.</summary>
    private async Task NoticedAsync(TestHost host, HashSet<string> codes)
    {
        await Eventually.HoldsAsync(async () =>
        {
            if (host.Logged(40))
                return true;
            if (await TryTakeAsync(host) is { } code)
                codes.Add(code);
            return false;
        }, _world.Time);
    }

    private async Task<string> TakeAsync(TestHost host)
    {
        string? code = null;
        await Eventually.HoldsAsync(async () => (code = await TryTakeAsync(host)) is not null, _world.Time);
        return code!;
    }

    private async Task<string?> TryTakeAsync(TestHost host)
    {
        try
        {
            return await Eventually.CompletesAsync(host.Pool.TryTakeAsync(Token).AsTask(), _world.Time);
        }
        catch (CodePoolException failure) when (failure is CodePoolStoreUnavailableException or CodePoolConfigurationException)
        {
            return null;
        }
    }

    private async ValueTask<bool> IsStoppedAsync(TestHost host)
    {
        try
        {
            await Eventually.CompletesAsync(host.Pool.TryTakeAsync(Token).AsTask(), _world.Time);
            return false;
        }
        catch (CodePoolConfigurationException stopped)
        {
            return stopped.Message.Contains(nameof(ICodePoolOperations.ResumeAsync), StringComparison.Ordinal);
        }
        catch (CodePoolStoreUnavailableException)
        {
            return false;
        }
    }
}
