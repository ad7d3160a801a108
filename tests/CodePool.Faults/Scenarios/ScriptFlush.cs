using System.Globalization;
using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>Redis forgets the scripts all the time. What it does not know it has not run, so that may be sent again, in full.</summary>
internal sealed class ScriptFlush(CodeConsistency consistency) : Scenario("script-flush", consistency)
{
    private static readonly TimeSpan UnderWay = TimeSpan.FromSeconds(2);

    public override string Description => "SCRIPT FLUSH in a loop";

    public override IReadOnlyList<string> Off => [Protection.EvalUnknown];

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance redis = await run.StartRedisAsync();
        await run.StartWorkersAsync(redis.Port);
        await run.TakeAsync(0.2);
        run.Fault();
        Task taking = run.TakeAsync(0.8);
        while (!taking.IsCompleted)
        {
            await redis.ExecuteAsync("SCRIPT", "FLUSH", run.Random.Next(2) == 0 ? "SYNC" : "ASYNC");
            await Task.Delay(run.Random.Next(20));
        }

        // A call that the server did not know and that was never sent in full was not served. Those under way are waited for.
        await Wait.UntilAsync(async () => (run.OtherFaults = await CountUnservedAsync(redis)) == 0, UnderWay);
    }

    /// <summary>The later count may have seen more calls.</summary>
    private static async Task<long> CountUnservedAsync(RedisInstance redis) => Math.Max(
        0,
        await CountAsync(redis, "errorstats", "errorstat_NOSCRIPT", "count=") - await CountAsync(redis, "commandstats", "cmdstat_eval", "calls="));

    private static async Task<long> CountAsync(RedisInstance redis, string section, string field, string count) =>
        (await redis.InfoAsync(section)).TryGetValue(field, out string? value)
            ? long.Parse(value.Split(',').Single(part => part.StartsWith(count, StringComparison.Ordinal))[count.Length..], CultureInfo.InvariantCulture)
            : 0;
}
