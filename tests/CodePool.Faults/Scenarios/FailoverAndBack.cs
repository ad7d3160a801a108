using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>Two lossy failovers, the second back to where it began.</summary>
internal sealed class FailoverAndBack(CodeConsistency consistency) : Scenario("failover-and-back", consistency)
{
    public override string Description => "the same, and then back to the first server, which lags behind in turn";

    public override IReadOnlyList<string> Off => Redis(Protection.Replid);

    public override bool LosesJournal => true;

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance first = await run.StartRedisAsync();
        RedisInstance second = await run.StartReplicaAsync(first);
        await run.StartWorkersAsync(first.Port, second.Port);
        await run.TakeAsync(0.2);
        await FailOverAsync(run, first, second);
        await run.TakeAsync(0.2);
        await first.StartAsync();
        await first.ReplicaOfAsync(second);
        await second.WaitForReplicaAsync(first);
        await FailOverAsync(run, second, first);
        await run.TakeAsync(0.4);
    }

    private static async Task FailOverAsync(FaultRun run, RedisInstance from, RedisInstance to)
    {
        await Failover.LagAsync(to);
        await run.TakeAsync(0.1);
        run.Fault();
        await from.KillAsync();
        await to.PromoteAsync();
        run.Redis = to;
    }
}
