using System.Globalization;
using CodePool.Benchmarks.Sizes;
using StackExchange.Redis;

namespace CodePool.Benchmarks.Redis;

/// <summary><c>sizes redis</c>: the list, the journal and meta as the provider writes them; under settings of the server; and other ways to keep a code.</summary>
internal static class RedisSizes
{
    /// <summary>The default of CacheRefillBatch.</summary>
    private const int LeaseSize = 500;

    private static readonly string[][] Settings =
    [
        ["list-max-listpack-size -1"], ["list-max-listpack-size -3"], ["list-max-listpack-size -5"],
        ["list-compress-depth 1"], ["list-compress-depth 1", "list-max-listpack-size -1"], ["list-compress-depth 1", "list-max-listpack-size -3"],
    ];

    public static async Task RunAsync()
    {
        await MeasureAsync(100_000, 12);
        await MeasureAsync(1_000_000, 12);
        foreach (int length in new[] { 8, 10, 16 })
            await MeasureAsync(100_000, length);
        foreach (string[] settings in Settings)
            await MeasureAsync(1_000_000, 12, settings);
        await MeasureAloneAsync(100_000);
        await RedisAlternatives.MeasureAsync(100_000);
        await RedisAlternatives.MeasureAsync(1_000_000);
    }

    private static async Task MeasureAsync(int codes, int length, params string[] settings)
    {
        await using RedisPool redis = await RedisPool.StartAsync(LeaseSize, length, settings);
        SizeTable.Begin($"{length} symbols, leases of {LeaseSize}, {(settings.Length == 0 ? "Redis' defaults" : string.Join(", ", settings))}");
        long before = await UsedAsync(redis);
        double scripts = await ScriptsAsync(redis);
        await redis.FillAsync(codes);
        SizeTable.Row("used_memory, all cached", codes, await UsedAsync(redis) - before);
        double pushed = await ScriptsAsync(redis);
        await PrintAsync(redis, "list", codes);
        await PrintAsync(redis, "meta", codes);

        Ratios.Measured taken = await Callers.TimeAsync(8, codes - 1_000, () => redis.Pool.TakeUpToAsync(100), some => some.Count);
        double popped = await ScriptsAsync(redis);
        SizeTable.Row("used_memory, all taken and none marked", codes, await UsedAsync(redis) - before);
        await PrintAsync(redis, "journal", codes);
        SizeTable.Note($"TakeUpToAsync(100), 8 callers: {taken.PerSecond:F0} codes/s; the server's time: push {(pushed - scripts) / codes:F3} µs a code, pop {(popped - pushed) / codes:F3} µs");
    }

    /// <summary>A journal has an entry for each code that was taken alone.</summary>
    private static async Task MeasureAloneAsync(int codes)
    {
        await using RedisPool redis = await RedisPool.StartAsync(LeaseSize, 12);
        SizeTable.Begin("12 symbols, taken one by one");
        await redis.FillAsync(codes);
        await Callers.TimeAsync(1, codes, () => redis.Pool.TakeAsync(), _ => 1);
        await PrintAsync(redis, "journal", codes);
    }

    private static async Task PrintAsync(RedisPool redis, string part, int codes)
    {
        IDatabase database = redis.Connection.GetDatabase();
        foreach (RedisKey key in redis.Connection.GetServers()[0].Keys(pattern: $"codepool:*:{part}*"))
            SizeTable.Row(part, codes, await UsageAsync(database, key));
    }

    public static async Task<long> UsageAsync(IDatabase database, RedisKey key) =>
        (long)await database.ExecuteAsync("MEMORY", "USAGE", key, "SAMPLES", "0");

    private static async Task<long> UsedAsync(RedisPool redis) =>
        long.Parse((await redis.Server.InfoAsync("memory"))["used_memory"], CultureInfo.InvariantCulture);

    /// <summary>Microseconds that the server has spent in scripts.</summary>
    private static async Task<double> ScriptsAsync(RedisPool redis) =>
        (await redis.Server.InfoAsync("commandstats"))
            .Where(command => command.Key is "cmdstat_evalsha" or "cmdstat_eval")
            .Sum(command => double.Parse(command.Value.Split("usec=")[1].Split(',')[0], CultureInfo.InvariantCulture));
}
