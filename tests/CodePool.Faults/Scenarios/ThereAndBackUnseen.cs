using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>The server is what it was for everybody who is connected: the same process, the same address. Only its data went back.</summary>
internal sealed class ThereAndBackUnseen(CodeConsistency consistency) : Scenario("there-and-back-unseen", consistency)
{
    public override string Description => "the primary follows a replica that lags, and is promoted again, while no client can see it";

    public override IReadOnlyList<string> Off => Redis(Protection.Replid);

    public override bool LosesJournal => true;

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance primary = await run.StartRedisAsync();
        RedisInstance replica = await run.StartReplicaAsync(primary);
        FaultProxy proxy = run.StartProxy(primary);
        await run.StartWorkersAsync(proxy.Port);
        await run.TakeAsync(0.25);
        await Failover.LagAsync(replica);
        await replica.PromoteAsync();
        await run.TakeAsync(0.15);

        run.Fault();
        proxy.Freeze();
        await primary.ReplicaOfAsync(replica);
        await replica.WaitForReplicaAsync(primary);
        await primary.PromoteAsync();
        proxy.Pass();
        await run.TakeAsync(0.6);
    }
}
