using CodePool.Redis.Internal;
using CodePool.Redis.Tests.Support;
using CodePool.TestServers;

namespace CodePool.Redis.Tests.Hosts;

/// <summary>A caller who leaves takes nobody's code with it.</summary>
public sealed class CancelTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Theory]
    [InlineData(FaultAction.LoseReply)]
    [InlineData(FaultAction.LoseRequest)]
    public async Task A_pop_whose_reply_is_lost_is_counted_as_asked_for_and_the_caller_gets_other_codes(FaultAction action)
    {
        var world = new World();
        await using FaultProxy proxy = FaultProxy.Start(redis.Server.Port);
        await using RedisHost host = await world.StartAsync($"127.0.0.1:{proxy.Port}");
        await host.FilledAsync();
        HashSet<string> codes = [.. await host.TakeUpToAsync(10)];
        proxy.Rule = FaultRules.First(1, action, request => request.Runs(new RedisScripts().Pop.Text));

        codes.UnionWith(await host.TakeUpToAsync(7));

        Assert.Equal((17, 7), (codes.Count, host.Undelivered));
        await host.FilledAsync();
        await host.StopAsync();
        Assert.Equal(action == FaultAction.LoseReply ? 24 : 17, (await world.AssertExactAsync()).Used);
    }

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task Callers_who_leave_while_a_pop_is_under_way_harm_nobody(CodeConsistency consistency)
    {
        var world = new World();
        await using FaultProxy proxy = FaultProxy.Start(redis.Server.Port);
        await using RedisHost host = await world.StartAsync(
            $"127.0.0.1:{proxy.Port},connectTimeout=30000,syncTimeout=30000,asyncTimeout=30000", o => o.Consistency = consistency);
        await host.FilledAsync();
        proxy.Freeze();
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<string>[] leavers = [.. Enumerable.Range(0, 8).Select(_ => host.Pool.TakeAsync(leaving.Token).AsTask())];
        Task<string>[] stayers = [.. Enumerable.Range(0, 8).Select(_ => host.Pool.TakeAsync(TestContext.Current.CancellationToken).AsTask())];
        await leaving.CancelAsync();
        foreach (Task<string> leaver in leavers)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaver);
        Assert.All(stayers, stayer => Assert.False(stayer.IsCompleted));

        proxy.Pass();
        HashSet<string> codes = [.. await Task.WhenAll(stayers)];
        Assert.Equal(stayers.Length, codes.Count);

        // What was popped for those who left waits for the next; nothing else was taken.
        for (int take = 0; take < 8; take++)
            Assert.True(codes.Add(await host.TakeAsync()));
        await host.StopAsync();
        CodePoolAudit audit = await world.AssertExactAsync();
        Assert.Equal((codes.Count + host.Runtime.Queue.Undelivered, 0), (audit.Used, host.Undelivered));
        Assert.Equal(0, host.Runtime.Queue.Undelivered);
    }
}
