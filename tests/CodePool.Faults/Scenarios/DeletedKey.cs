using CodePool.Faults.Running;
using CodePool.Faults.Weakening;
using CodePool.TestServers;

namespace CodePool.Faults.Scenarios;

/// <summary>A key is evicted, or deleted by somebody.</summary>
/// <param name="key">Which: meta, list or journal.</param>
/// <param name="consistency">The pool's.</param>
internal sealed class DeletedKey(string key, CodeConsistency consistency) : Scenario($"del-{key}", consistency)
{
    private const string Meta = "meta";

    public override string Description => $"the {key} key is deleted, three times";

    /// <summary>
    /// Without meta's token nobody would go on; but what if the pushed leases lay in a key of their own, and that one went? (A Confirmed lease that was
    /// popped from is hardly ever pushed again, since its claims are in the store at once: there what was lost has to return.)
    /// </summary>
    public override IReadOnlyList<string> Off =>
        key != Meta ? [Protection.Lengths] : IsConfirmed ? [Protection.Settle] : [Protection.OneKey];

    public override bool LosesJournal => key != "list";

    public override async Task RunAsync(FaultRun run)
    {
        RedisInstance redis = await run.StartRedisAsync();
        await run.StartWorkersAsync(redis.Port);
        await run.TakeAsync(0.3);
        for (int time = 0; time < 3; time++)
        {
            run.Fault();
            await DeleteAsync(redis, run.Settings.Without.Contains(Protection.OneKey) ? "meta:leases" : key);
            await run.TakeAsync(0.23);
        }
    }

    private static Task<RespValue> DeleteAsync(RedisInstance redis, string key) => redis.ExecuteAsync(
        "EVAL", "for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end", "0",
        key.StartsWith(Meta, StringComparison.Ordinal) ? $"codepool:*:{key}" : $"codepool:*:{key}:*");
}
