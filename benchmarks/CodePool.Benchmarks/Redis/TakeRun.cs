using CodePool.Benchmarks.Ratios;
using CodePool.Internal.Hosting;
using CodePool.Providers;
using CodePool.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CodePool.Benchmarks.Redis;

/// <summary>
/// <c>ratios take</c>: takes from Redis, fenced and journaled, against a plain LPOP a take, which is neither, on the same connection.
/// Both lists are filled beforehand; nothing is refilled or marked while the clock runs.
/// </summary>
internal sealed class TakeRun : IRatioRun
{
    private const int LeaseSize = 1_000;
    private static readonly RedisKey PlainList = "plain";

    private RedisInstance _server = null!;
    private ConnectionMultiplexer _connection = null!;
    private IHost _host = null!;
    private ICodePool _pool = null!;
    private PoolRuntime _runtime = null!;

    public string Name => "take";

    public int Rounds => 3;

    public async Task<IReadOnlyList<Variant>> PrepareAsync()
    {
        _server = await RedisInstance.StartNewAsync();
        _connection = await ConnectionMultiplexer.ConnectAsync(_server.Configuration);
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services
            .AddCodePool(o =>
            {
                (o.StoreMinThreshold, o.StoreTargetSize) = (10_000, 100_000);
                (o.CacheMinThreshold, o.CacheRefillBatch, o.MaxJournalLength) = (1, LeaseSize, 10_000_000);
                o.MonitorInterval = TimeSpan.FromMinutes(10);
            })
            .UseInMemoryStore()
            .UseRedis(_ => _connection, o => o.TrustReplicationId = true);
        _host = builder.Build();
        await _host.StartAsync();
        _pool = _host.Services.GetRequiredService<ICodePool>();
        _runtime = _host.Services.GetRequiredKeyedService<PoolRuntime>(CodePoolServiceCollectionExtensions.DefaultPoolName);
        await _pool.TakeAsync();
        Console.WriteLine($"# Redis on the same cores, client in this process");

        return
        [
            .. Singles(callers: 1, codes: 20_000),
            .. Singles(callers: 8, codes: 60_000),
            .. Singles(callers: 64, codes: 150_000),
            .. Singles(callers: 512, codes: 200_000),
            Plain("TakeUpToAsync(100), 8 callers", 8, 60_000),
            new("TakeUpToAsync(100), 8 callers", "CodePool TakeUpToAsync", false, async () =>
            {
                await FillPoolAsync(400_000);
                return await Callers.TimeAsync(8, 400_000, async () => (await _pool.TakeUpToAsync(100)).Count);
            }),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
    }

    private IEnumerable<Variant> Singles(int callers, int codes)
    {
        string setting = $"{callers} caller{(callers == 1 ? "" : "s")}";
        yield return Plain(setting, callers, codes);
        yield return new Variant(setting, "CodePool TakeAsync", false, async () =>
        {
            await FillPoolAsync(codes + callers);
            return await Callers.TimeAsync(callers, codes, async () => (await _pool.TryTakeAsync()) is null ? 0 : 1);
        });
    }

    private Variant Plain(string setting, int callers, int codes) => new(setting, "LPOP a take", true, async () =>
    {
        IDatabase redis = _connection.GetDatabase();
        await redis.KeyDeleteAsync(PlainList);
        foreach (string[] chunk in new CodeGenerator(_runtime.Format).Generate(codes + callers).Chunk(LeaseSize))
            await redis.ListRightPushAsync(PlainList, [.. chunk.Select(code => (RedisValue)code)]);
        return await Callers.TimeAsync(callers, codes, async () => (await redis.ListLeftPopAsync(PlainList)).IsNull ? 0 : 1);
    });

    /// <summary>As the monitor does it, ahead of time; and marks what the last variant has taken.</summary>
    private async Task FillPoolAsync(int codes)
    {
        CodeCache cache = _runtime.Shared!.Cache;
        await _runtime.Shared.Marker.DrainAsync(default);
        await _runtime.Filler.FillAsync(codes + LeaseSize, null, default);
        Epoch epoch = _runtime.Shared.Epoch.Current!;
        while ((await cache.GetLevelsAsync(default))!.Value.Cached < codes)
        {
            LeaseResult leased = await _runtime.Store.LeaseAsync(new LeaseRequest(epoch, Guid.NewGuid(), LeaseSize, 0), default);
            foreach (Lease lease in leased.Leases)
                await cache.PushAsync(epoch, lease, default);
        }
    }
}
