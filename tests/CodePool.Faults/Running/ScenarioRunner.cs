using System.Diagnostics;
using CodePool.Faults.Checking;
using CodePool.Faults.Scenarios;
using CodePool.TestServers;

namespace CodePool.Faults.Running;

/// <summary>
/// Runs a scenario with everything on, then without the protection that it is about. Confirmed promises its uniqueness whatever Redis
/// does: there the fence is switched off first, which must change nothing, and only then the store's own check.
/// </summary>
internal sealed class ScenarioRunner(PostgresInstance database, TimeSpan length, int seed)
{
    public async Task<Report> RunAsync(Scenario scenario)
    {
        Outcome on = await RunAsync(scenario, "everything on", [], isControl: false);
        List<string> wrong = [.. on.Wrong(scenario.LosesJournal)];
        long handedOut = on.HandOuts.Count, duplicates = on.HandOuts.Duplicates;
        if (scenario.StoreAlone is { } storeAlone)
        {
            Outcome alone = await RunAsync(scenario, $"without {string.Join(", ", storeAlone)}", storeAlone, isControl: false);
            handedOut += alone.HandOuts.Count;
            duplicates += alone.HandOuts.Duplicates;
            if (alone.HandOuts.Duplicates + alone.Store.Unknown > 0)
                wrong.Add($"the store alone: {alone}");
        }

        Outcome off = await RunAsync(scenario, $"control, without {string.Join(", ", scenario.Off)}", scenario.Off, isControl: true);
        long control = off.HandOuts.Duplicates + off.Unaccounted(scenario.LosesJournal);
        if (control == 0)
            wrong.Add("the control found nothing");
        foreach (string what in wrong)
            await Console.Error.WriteLineAsync($"  WRONG: {what}");
        return new Report(
            scenario.Name, seed, handedOut, duplicates, on.Unaccounted(scenario.LosesJournal),
            on.Store.Audit.Unconfirmed, on.HandOuts.ResumedAfterMs, control, wrong.Count > 0);
    }

    private async Task<Outcome> RunAsync(Scenario scenario, string what, IReadOnlyList<string> without, bool isControl)
    {
        long start = Stopwatch.GetTimestamp();
        await using StoreDatabase store = await StoreDatabase.CreateAsync(database, scenario.Pool);
        await using var run = new FaultRun(
            new RunSettings(scenario.Pool, length, seed, without, isControl), store, database);
        await scenario.RunAsync(run);
        await run.StopTakingAsync();
        bool quiet = await Settling.WaitAsync(run, store);
        await run.QuitAsync();

        var handOuts = HandOuts.Read(run);
        StoreContents contents = await StoreContents.ReadAsync(store, handOuts, await RedisContents.ReadAsync(run.Redis));
        var outcome = new Outcome(
            handOuts, contents, Losses.Of(run.AllWorkers), run.AllWorkers.Sum(worker => worker.Result?.Failures ?? 0), quiet, run.OtherFaults);
        await Console.Error.WriteLineAsync($"  {what}: {outcome} ({Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s)");
        if (without.Count == 0 && outcome.Wrong(scenario.LosesJournal).Any())
            await PrintLogsAsync(run);
        return outcome;
    }

    private static async Task PrintLogsAsync(FaultRun run)
    {
        foreach (WorkerProcess worker in run.AllWorkers)
        {
            foreach (string line in worker.Errors)
                await Console.Error.WriteLineAsync($"    [{worker.Id}] {line}");
        }
    }
}
