using CodePool.Faults.Running;
using CodePool.Faults.Workers;
using Npgsql;

namespace CodePool.Faults.Checking;

/// <summary>Waits, while the workers live and take nothing, until all that is closed is settled and all that was taken is marked.</summary>
internal static class Settling
{
    // A closed epoch with open leases, or an epoch of a process that is not there any more.
    private const string Unsettled = """
        SELECT count(*) FROM codepool_epochs e
        WHERE state = 2 AND EXISTS (SELECT FROM codepool_leases l WHERE l.token = e.token AND l.state = 0)
          OR state <> 2 AND kind = 0 AND NOT split_part(cache_identity, '/', 2)::integer = ANY ($1)
        """;

    // Codes of the shared epoch that are open; a process's own lie in its memory.
    private const string Leased = """
        SELECT coalesce(array_agg(c.id), '{}') FROM codepool_leases l
        JOIN codepool_epochs e ON e.token = l.token AND e.kind = 1
        JOIN codepool_codes c ON c.id BETWEEN l.first AND l.last AND c.status = 0
        WHERE l.state = 0
        """;

    private static readonly TimeSpan Limit = PoolSettings.EpochTimeout * 4;
    private static readonly TimeSpan WeakenedLimit = PoolSettings.EpochTimeout * 1.5;

    /// <returns>Whether it came to rest.</returns>
    public static Task<bool> WaitAsync(FaultRun run, StoreDatabase store) =>
        Wait.UntilAsync(() => IsQuietAsync(run, store), run.Settings.Without.Count > 0 ? WeakenedLimit : Limit);

    private static async Task<bool> IsQuietAsync(FaultRun run, StoreDatabase store)
    {
        int[] living = [.. run.LivingWorkers.Select(worker => worker.Id)];
        if (await store.ReadAsync<long>(Unsettled, new NpgsqlParameter { Value = living }) > 0)
            return false;
        RedisContents redis = await RedisContents.ReadAsync(run.Redis);
        return redis.Journaled == 0
            && (await store.ReadAsync<long[]>(Leased)).All(redis.Listed.Contains);
    }
}
