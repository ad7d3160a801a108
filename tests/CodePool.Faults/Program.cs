using System.Diagnostics;
using CodePool.Faults;
using CodePool.Faults.Running;
using CodePool.Faults.Scenarios;
using CodePool.Faults.Workers;
using CodePool.TestServers;

if (args is ["worker", var settings])
    return await Worker.RunAsync(settings);
if (args is ["list"])
{
    foreach (Scenario scenario in Registry.All)
        Console.WriteLine($"{scenario.Name,-32} {scenario.Description}");
    return 0;
}

if (Arguments.Parse(args) is not { } wanted)
{
    await Console.Error.WriteLineAsync("list | run NAME [--seconds N] [--seed N] | run all [--seconds N] [--seed N]");
    return 2;
}

long start = Stopwatch.GetTimestamp();
bool wrong = false;

// What a commit does not force to disk stays in memory for long, so that a stop at once shows it.
await using PostgresInstance database = await PostgresInstance.StartNewAsync("wal_writer_flush_after=1GB", "wal_buffers=64MB");
foreach (Scenario scenario in wanted.Scenarios)
{
    await Console.Error.WriteLineAsync(scenario.Name);
    Report report = await new ScenarioRunner(database, wanted.Length, wanted.Seed).RunAsync(scenario);
    Console.WriteLine(report.ToJson());
    wrong |= report.IsWrong;
}

await Console.Error.WriteLineAsync($"{wanted.Scenarios.Count} scenarios in {Stopwatch.GetElapsedTime(start).TotalMinutes:F1} minutes");
return wrong ? 1 : 0;
