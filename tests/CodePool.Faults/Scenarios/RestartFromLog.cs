using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>A killed process loses nothing of its append-only file; a machine without power loses what was not flushed.</summary>
internal sealed class RestartFromLog(CodeConsistency consistency) : Scenario("restart-aof", consistency)
{
    public override string Description => "Redis is killed, and its append-only file (everysec) loses its last second, as with the power";

    public override IReadOnlyList<string> Off => Redis(Protection.Replid);

    public override bool LosesJournal => true;

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance redis = await run.StartRedisAsync(RedisPersistence.AppendEverySecond);
        await run.StartWorkersAsync(redis.Port);
        await run.TakeAsync(0.25);
        string log = Directory.EnumerateFiles(redis.Folder, "*.incr.aof", SearchOption.AllDirectories).Single();
        long flushed = new FileInfo(log).Length;
        await run.TakeAsync(0.15);
        run.Fault();
        await redis.KillAsync();
        using (var file = new FileStream(log, FileMode.Open))
            file.SetLength(flushed);
        await redis.StartAsync();
        await run.TakeAsync(0.6);
    }
}
