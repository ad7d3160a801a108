using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>A partition with a worker and a primary on either side. The database is reached from both.</summary>
internal sealed class SplitBrain(CodeConsistency consistency) : Scenario("split-brain", consistency)
{
    public override string Description => "a partition: a replica is promoted on one side, the old primary serves the other";

    public override IReadOnlyList<string> Off => Redis(Protection.Replid);

    public override bool LosesJournal => true;

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance left = await run.StartRedisAsync();
        RedisInstance right = await run.StartReplicaAsync(left);
        FaultProxy leftToLeft = run.StartProxy(left), leftToRight = run.StartProxy(right);
        FaultProxy rightToLeft = run.StartProxy(left), rightToRight = run.StartProxy(right);
        await run.StartWorkersAsync([[leftToLeft.Port, leftToRight.Port], [rightToLeft.Port, rightToRight.Port]]);
        await run.TakeAsync(0.25);

        run.Fault();
        await Failover.LagAsync(right);
        leftToRight.Refuse();
        rightToLeft.Refuse();
        await right.PromoteAsync();
        await run.TakeAsync(0.4);

        // Healed: the old primary follows the new one, and forgets what it did meanwhile.
        await left.ReplicaOfAsync(right);
        await right.WaitForReplicaAsync(left);
        leftToRight.Pass();
        rightToLeft.Pass();
        run.Redis = right;
        await run.TakeAsync(0.35);
    }
}
