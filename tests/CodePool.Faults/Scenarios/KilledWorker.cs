using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>What a dead process had popped from Redis is marked by the others. Its own leases are closed and settled by them.</summary>
internal sealed class KilledWorker(CodeConsistency consistency) : Scenario("worker-kill", consistency)
{
    public override string Description => IsConfirmed
        ? "workers are killed, one while Redis is away and it takes from its own memory"
        : "workers are killed, and others take their place";

    public override IReadOnlyList<string> Off => [IsConfirmed ? Protection.Settle : Protection.Journal];

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance redis = await run.StartRedisAsync(RedisPersistence.AppendEverySecond);
        await run.StartWorkersAsync(redis.Port);
        await run.TakeAsync(0.2);
        await ReplaceAsync(run, redis);
        await run.TakeAsync(0.2);
        if (IsConfirmed)
        {
            await redis.StopAsync();
            await run.TakeAsync(0.1);
        }

        await ReplaceAsync(run, redis);
        if (IsConfirmed)
            await redis.StartAsync();
        await run.TakeAsync(0.5);
    }

    private static async Task ReplaceAsync(FaultRun run, RedisInstance redis)
    {
        // In a Confirmed pool one that confirms ahead, so that more dies with it.
        WorkerProcess victim = run.LivingWorkers.MaxBy(worker => worker.Settings.ConfirmAhead)!;
        run.Fault();
        await victim.KillAsync();
        await run.StartWorkerAsync([redis.Port], ahead: true);
    }
}
