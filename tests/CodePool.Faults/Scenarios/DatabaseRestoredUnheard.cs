using CodePool.Faults.Checking;
using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.Faults.Workers;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>
/// One worker, with codes confirmed ahead, is cut off from PostgreSQL and Redis before PostgreSQL is put back, and stays so while the others notice,
/// wait for EpochTimeout, are resumed, and draw codes anew. Only its clock can tell it to hand out nothing.
/// </summary>
internal sealed class DatabaseRestoredUnheard() : Scenario("database-restored-unheard", CodeConsistency.Confirmed)
{
    private const int Enough = FaultRun.Ahead / 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public override string Description =>
        "the same, while one worker with codes ahead is cut off from PostgreSQL and Redis; the operator waits for EpochTimeout, and resumes";

    public override IReadOnlyList<string> Off => [Protection.RecentProof];

    protected override bool IsDense => true;

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance redis = await run.StartRedisAsync();
        FaultProxy toRedis = run.StartProxy(redis);
        TcpRelay toDatabase = run.StartRelay();
        await run.StartWorkersAsync(redis.Port);
        WorkerProcess[] others = [.. run.AllWorkers];
        WorkerProcess cutOff = await run.StartWorkerAsync([toRedis.Port], ahead: true, toDatabase.Port);
        await run.TakeAsync(0.2);
        string backup = await run.Database.TakeBackupAsync();
        int forgotten = HandOuts.Read(run).Codes.Count + (2 * run.Settings.Pool.Turnover);
        while (HandOuts.Read(run).Codes.Count < forgotten)
            await run.TakeAsync(0.1);

        await Wait.ForAsync(() => StopsAheadAsync(run, cutOff), Limit, "codes confirmed ahead");
        toDatabase.Refuse();
        toRedis.Refuse();
        await run.Database.RestoreAsync(backup, newTimeline: true);
        await Wait.ForAsync(async () => (await Task.WhenAll(others.Select(worker => worker.AskHealthAsync()))).All(IsWaiting), Limit, "the others to notice");

        // The operator's rule.
        await Task.Delay(PoolSettings.EpochTimeout);
        await Task.WhenAll(others.Select(worker => worker.StopTakingAsync()));
        await run.Store.ResumeAsync(HandOuts.Read(run).Codes);
        foreach (WorkerProcess worker in others)
            await worker.TakeAgainAsync();
        await run.TakeAsync(1);

        // It takes, and has heard of nothing.
        await cutOff.TakeAgainAsync();
        await run.TakeAsync(0.3);
        toDatabase.Pass();
        toRedis.Pass();
        run.Fault();
        await Wait.ForAsync(() => Task.FromResult(HandOuts.Read(run).ResumedAfterMs >= 0), Limit, "takes to go on");
        await run.TakeAsync(0.3);
    }

    private static async Task<bool> StopsAheadAsync(FaultRun run, WorkerProcess worker)
    {
        if (await worker.StopTakingAsync() >= Enough)
            return true;
        await worker.TakeAgainAsync();
        await run.TakeAsync(0.05);
        return false;
    }

    private static bool IsWaiting(string health) => health.Contains(nameof(ICodePoolOperations.ResumeAsync), StringComparison.Ordinal);
}
