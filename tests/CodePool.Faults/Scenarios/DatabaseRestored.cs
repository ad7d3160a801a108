using CodePool.Faults.Checking;
using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>
/// Codes that were confirmed ahead, and were generated after the backup, are unknown to the store that comes back. The keyspace is dense, so it draws
/// some of them again, and the pool waits for an operator. One worker takes nothing meanwhile, so what it has confirmed ahead is there still when it goes on.
/// </summary>
/// <param name="newTimeline">Whether PostgreSQL knows that it was restored; otherwise only lease numbers tell.</param>
internal sealed class DatabaseRestored(bool newTimeline) : Scenario(newTimeline ? "database-restored" : "volume-restored", CodeConsistency.Confirmed)
{
    private const int Workers = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public override string Description =>
        $"PostgreSQL is put back from a backup{(newTimeline ? "" : " behind its back")}, in a dense keyspace; an operator writes down what was handed out, and resumes";

    public override IReadOnlyList<string> Off => [Protection.DropForgotten];

    protected override bool IsDense => true;

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance redis = await run.StartRedisAsync();
        await run.StartWorkersAsync([.. Enumerable.Repeat(new[] { redis.Port }, Workers)]);
        await run.TakeAsync(0.2);
        string backup = await run.Database.TakeBackupAsync();
        int forgotten = HandOuts.Read(run).Codes.Count + run.Settings.Pool.Turnover;
        while (HandOuts.Read(run).Codes.Count < forgotten)
            await run.TakeAsync(0.1);

        // It stops when it has some: every take may have used them up just then.
        WorkerProcess quiet = run.AllWorkers.First(worker => worker.Settings.ConfirmAhead > 0);
        await Wait.ForAsync(() => StopsAheadAsync(run, quiet), Limit, "codes confirmed ahead");
        await run.Database.RestoreAsync(backup, newTimeline);

        // Not before every process knows: until then it may hand out what it had.
        await Wait.ForAsync(async () => (await Task.WhenAll(run.AllWorkers.Select(worker => worker.AskHealthAsync()))).All(IsWaiting), Limit, "all workers to notice");
        await Task.WhenAll(run.AllWorkers.Where(worker => worker != quiet).Select(worker => worker.StopTakingAsync()));
        await run.Store.ResumeAsync(HandOuts.Read(run).Codes);
        run.Fault();
        foreach (WorkerProcess worker in run.AllWorkers)
            await worker.TakeAgainAsync();
        await Wait.ForAsync(() => Task.FromResult(HandOuts.Read(run).ResumedAfterMs >= 0), Limit, "takes to go on");
        await run.TakeAsync(0.5);
    }

    private static async Task<bool> StopsAheadAsync(FaultRun run, WorkerProcess worker)
    {
        if (await worker.StopTakingAsync() > 0)
            return true;
        await worker.TakeAgainAsync();
        await run.TakeAsync(0.05);
        return false;
    }

    private static bool IsWaiting(string health) => health.Contains(nameof(ICodePoolOperations.ResumeAsync), StringComparison.Ordinal);
}
