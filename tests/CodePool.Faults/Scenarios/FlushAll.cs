using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>Everything is gone, and the server is what it was.</summary>
internal sealed class FlushAll(CodeConsistency consistency) : Scenario("flushall", consistency)
{
    public override string Description => "FLUSHALL, three times";

    /// <summary>Nothing old comes back here, so Confirmed hands nothing out twice; but what was lost has to return.</summary>
    public override IReadOnlyList<string> Off => IsConfirmed ? [Protection.Settle] : [Protection.OpenOnce];

    public override bool LosesJournal => true;

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance redis = await run.StartRedisAsync();
        await run.StartWorkersAsync(redis.Port);
        await run.TakeAsync(0.3);
        for (int time = 0; time < 3; time++)
        {
            run.Fault();
            await redis.ExecuteAsync("FLUSHALL");
            await run.TakeAsync(0.23);
        }
    }
}
