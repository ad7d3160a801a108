using CodePool.Providers;
using CodePool.Tests.Support;

namespace CodePool.Tests.Hosting;

/// <summary>Several processes on one database, and epochs that others close.</summary>
public sealed class EpochTests
{
    private readonly World _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task Two_processes_share_a_pool(CodeConsistency consistency)
    {
        await using TestHost one = await _world.StartAsync(o => o.Consistency = consistency);
        await using TestHost two = await _world.StartAsync(o => o.Consistency = consistency);

        HashSet<string> codes = [];
        for (int i = 0; i < 150; i++)
        {
            Assert.True(codes.Add(await one.TakeAsync()));
            Assert.True(codes.Add(await two.TakeAsync()));
        }

        await one.StopAsync();
        await two.StopAsync();
        CodePoolAudit audit = await _world.AssertExactAsync();
        Assert.Equal((300, 0, 0), (audit.Used, audit.Leased, audit.Unconfirmed));
    }

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task An_epoch_that_stopped_beating_is_closed_and_settled_by_the_other_process(CodeConsistency consistency)
    {
        TestHost killed = await _world.StartAsync(o => o.Consistency = consistency);
        await killed.FilledAsync();
        await killed.DisposeAsync();
        long left = (await _world.LevelsAsync()).Leased;
        Assert.InRange(left, 1, long.MaxValue);

        await using TestHost survivor = await _world.StartAsync(o => o.Consistency = consistency);
        await Eventually.HoldsAsync(() => survivor.Logged(32) && survivor.Logged(33), _world.Time);

        StoreLevels levels = await _world.LevelsAsync();
        Assert.Equal(consistency == CodeConsistency.Journaled ? left : 0, levels.Unconfirmed);
        await _world.AssertExactAsync();
    }

    [Fact]
    public async Task A_living_epoch_is_left_alone()
    {
        await using TestHost one = await _world.StartAsync();
        await using TestHost two = await _world.StartAsync();
        await one.FilledAsync();
        await two.FilledAsync();
        int beats = one.Faults.CallsOf("Beat"), looks = two.Faults.CallsOf("GetEpochs");

        // Each keeper has its turn before the clock goes on.
        for (int i = 1; i <= 20; i++)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(10));
            int turns = i;
            await Eventually.HoldsAsync(() => one.Faults.CallsOf("Beat") >= beats + turns && two.Faults.CallsOf("GetEpochs") >= looks + turns);
        }

        Assert.False(one.Logged(31) || two.Logged(31) || one.Logged(32) || two.Logged(32));
    }

    [Fact]
    public async Task An_outage_of_the_store_closes_no_epoch_of_the_living()
    {
        await using TestHost one = await _world.StartAsync();
        await using TestHost two = await _world.StartAsync();
        await one.FilledAsync();
        await two.FilledAsync();
        await Eventually.HoldsAsync(() => one.Faults.CallsOf("Beat") > 2 && two.Faults.CallsOf("Beat") > 2, _world.Time);

        // One looks once more, and knows where the other's heartbeat stands.
        two.Faults.Fail(Fault.Faulted);
        int before = one.Faults.CallsOf("GetEpochs");
        await Eventually.HoldsAsync(() => one.Faults.CallsOf("GetEpochs") > before + 1, _world.Time);
        one.Faults.Fail(Fault.Faulted);
        DateTimeOffset begin = _world.Time.GetUtcNow();
        await Eventually.HoldsAsync(() => _world.Time.GetUtcNow() - begin > TimeSpan.FromMinutes(2), _world.Time);

        // The first to come back finds the other's heartbeat where it was two minutes ago.
        one.Faults.Heal();
        int looks = one.Faults.CallsOf("GetEpochs");
        await Eventually.HoldsAsync(() => one.Runtime.Keeper.Failure is null && one.Faults.CallsOf("GetEpochs") > looks + 1, _world.Time);
        two.Faults.Heal();
        await Eventually.HoldsAsync(() => !two.Runtime.Failures().Any(), _world.Time);

        Assert.False(one.Logged(31) || two.Logged(31) || one.Logged(32) || two.Logged(32));
    }

    [Fact]
    public async Task Journaled_finishes_its_segment_marks_late_and_opens_a_new_epoch()
    {
        await using TestHost host = await _world.StartAsync();
        await host.FilledAsync();
        Epoch epoch = host.Runtime.Epochs.Current!;
        long cached = host.Runtime.Cache.Cached;
        await CloseAndSettleAsync(epoch);
        Assert.Equal(cached, (await _world.LevelsAsync()).Unconfirmed);

        HashSet<string> codes = [];
        for (int i = 0; i < 100; i++)
            Assert.True(codes.Add(await host.TakeAsync()));

        await Eventually.HoldsAsync(() => host.Logged(31), _world.Time);
        Assert.True(host.Runtime.Epochs.Current!.Number > epoch.Number);
        await host.StopAsync();
        CodePoolAudit audit = await _world.AssertExactAsync();
        Assert.Equal((100, 0, 0), (audit.Used, audit.Leased, audit.Unconfirmed));
    }

    [Fact]
    public async Task Confirmed_drops_its_segment_and_opens_a_new_epoch()
    {
        await using TestHost host = await _world.StartAsync(o => o.Consistency = CodeConsistency.Confirmed);
        await host.FilledAsync();
        Epoch epoch = host.Runtime.Epochs.Current!;
        await CloseAndSettleAsync(epoch);

        HashSet<string> codes = [];
        for (int i = 0; i < 100; i++)
            Assert.True(codes.Add(await host.TakeAsync()));

        Assert.True(host.Runtime.Epochs.Current!.Number > epoch.Number);
        await host.StopAsync();
        CodePoolAudit audit = await _world.AssertExactAsync();
        Assert.Equal((100, 0, 0), (audit.Used, audit.Leased, audit.Unconfirmed));
    }

    private async Task CloseAndSettleAsync(Epoch epoch)
    {
        Assert.True(await _world.Store.CloseEpochAsync(epoch, EpochCloseReason.Stale, Token));
        await _world.Store.SettleClosedAsync(epoch, Token);
    }
}
