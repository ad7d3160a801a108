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
    private const int Workers = 3, Attempts = 20;
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
        await run.TakeAsync(0.3);
        for (int attempt = 1; await run.AllWorkers[0].StopTakingAsync() == 0; attempt++)
        {
            if (attempt == Attempts)
                throw new TimeoutException("A worker never had a code ahead when it stopped: its store is empty all the time.");
            await run.AllWorkers[0].TakeAgainAsync();
            await run.TakeAsync(0.05);
        }

        await run.Database.RestoreAsync(backup, newTimeline);

        // Not before every process knows: until then it may hand out what it had.
        await Wait.ForAsync(async () => (await Task.WhenAll(run.AllWorkers.Select(worker => worker.AskHealthAsync()))).All(IsWaiting), Limit, "all workers to notice");
        await Task.WhenAll(run.AllWorkers.Skip(1).Select(worker => worker.StopTakingAsync()));
        await run.Store.ResumeAsync(HandOuts.Read(run).Codes);
        run.Fault();
        foreach (WorkerProcess worker in run.AllWorkers)
            await worker.TakeAgainAsync();
        await run.TakeAsync(0.5);
    }

    private static bool IsWaiting(string health) => health.Contains(nameof(ICodePoolOperations.ResumeAsync), StringComparison.Ordinal);
}
