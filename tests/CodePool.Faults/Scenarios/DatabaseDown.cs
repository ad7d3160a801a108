using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>PostgreSQL dies without a checkpoint: what it had not flushed is gone.</summary>
internal sealed class DatabaseDown(CodeConsistency consistency) : Scenario("database-down", consistency)
{
    public override string Description => "PostgreSQL is stopped at once, is away for a while, and recovers";

    public override IReadOnlyList<string> Off => [IsConfirmed ? Protection.Durable : Protection.MarkBeforeTrim];

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance redis = await run.StartRedisAsync();
        await run.StartWorkersAsync(redis.Port);
        await run.TakeAsync(0.3);
        await run.Database.StopImmediatelyAsync();
        await run.TakeAsync(0.2);
        await run.Database.StartAsync();
        run.Fault();
        await run.TakeAsync(0.5);
    }
}
