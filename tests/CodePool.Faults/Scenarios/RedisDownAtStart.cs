using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>Hosts start without Redis; when it comes, it has an old snapshot of an epoch that is still open in the store.</summary>
internal sealed class RedisDownAtStart(CodeConsistency consistency) : Scenario("redis-down-at-start", consistency)
{
    public override string Description => "all workers are started anew while Redis is down; later it comes up from an old snapshot";

    public override IReadOnlyList<string> Off => Redis(Protection.Replid);

    public override bool LosesJournal => true;

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance redis = await run.StartRedisAsync(RedisPersistence.Snapshot);
        await run.StartWorkersAsync(redis.Port);
        await run.TakeAsync(0.2);
        await redis.SaveAsync();
        await run.TakeAsync(0.2);
        await redis.KillAsync();
        await run.StopTakingAsync();
        await run.QuitAsync();

        await run.StartWorkersAsync(redis.Port);
        await run.TakeAsync(0.2);
        run.Fault();
        await redis.StartAsync();
        await run.TakeAsync(0.4);
    }
}
