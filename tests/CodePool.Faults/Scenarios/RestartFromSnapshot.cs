using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>The snapshot holds codes that were popped after it was written.</summary>
internal sealed class RestartFromSnapshot(CodeConsistency consistency) : Scenario("restart-rdb", consistency)
{
    public override string Description => "Redis is killed, and started again from its last snapshot";

    public override IReadOnlyList<string> Off => Redis(Protection.Replid);

    public override bool LosesJournal => true;

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance redis = await run.StartRedisAsync(RedisPersistence.Snapshot);
        await run.StartWorkersAsync(redis.Port);
        await run.TakeAsync(0.25);
        await redis.SaveAsync();
        await run.TakeAsync(0.15);
        run.Fault();
        await redis.KillAsync();
        await redis.StartAsync();
        await run.TakeAsync(0.6);
    }
}
