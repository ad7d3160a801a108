using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>Everything is gone, and an epoch that were opened again would be filled with the same leases.</summary>
internal sealed class RestartEmpty(CodeConsistency consistency) : Scenario("restart-empty", consistency)
{
    public override string Description => "Redis is killed, and started again with nothing";

    /// <summary>Nothing old comes back here, so Confirmed hands nothing out twice; but what was lost has to return.</summary>
    public override IReadOnlyList<string> Off => IsConfirmed ? [Protection.Settle] : [Protection.Replid, Protection.OpenOnce];

    public override bool LosesJournal => true;

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance redis = await run.StartRedisAsync();
        await run.StartWorkersAsync(redis.Port);
        await run.TakeAsync(0.4);
        run.Fault();
        await redis.KillAsync();
        await redis.StartAsync();
        await run.TakeAsync(0.6);
    }
}
