using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>The replica that is promoted never heard of the last pops.</summary>
internal sealed class LossyFailover(CodeConsistency consistency) : Scenario("lossy-failover", consistency)
{
    public override string Description => "the primary is killed, and a replica promoted that lags behind";

    public override IReadOnlyList<string> Off => Redis(Protection.Replid);

    public override bool LosesJournal => true;

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance primary = await run.StartRedisAsync();
        RedisInstance replica = await run.StartReplicaAsync(primary);
        await run.StartWorkersAsync(primary.Port, replica.Port);
        await run.TakeAsync(0.3);
        await Failover.LagAsync(replica);
        await run.TakeAsync(0.15);
        run.Fault();
        await primary.KillAsync();
        await replica.PromoteAsync();
        run.Redis = replica;
        await run.TakeAsync(0.55);
    }
}
