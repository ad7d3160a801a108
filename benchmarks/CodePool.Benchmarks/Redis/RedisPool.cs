using CodePool.Internal.Hosting;
using CodePool.Providers;
using CodePool.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CodePool.Benchmarks.Redis;

/// <summary>A server, and a pool in a host whose monitors sleep: it is filled when it is told to be.</summary>
internal sealed class RedisPool : IAsyncDisposable
{
    private static readonly RedisKey PlainList = "plain";

    private readonly int _leaseSize;
    private readonly PoolRuntime _runtime;
    private readonly IHost _host;

    private RedisPool(RedisInstance server, ConnectionMultiplexer connection, IHost host, int leaseSize)
    {
        (Server, Connection, _host, _leaseSize) = (server, connection, host, leaseSize);
        Pool = host.Services.GetRequiredService<ICodePool>();
        _runtime = host.Services.GetRequiredKeyedService<PoolRuntime>(CodePoolServiceCollectionExtensions.DefaultPoolName);
    }

    public RedisInstance Server { get; }

    public ConnectionMultiplexer Connection { get; }

    public ICodePool Pool { get; }

    /// <param name="leaseSize">Codes a lease, which is what one push brings.</param>
    /// <param name="codeLength">Symbols a code, of Crockford's 32.</param>
    /// <param name="settings">Lines for redis.conf.</param>
    public static async Task<RedisPool> StartAsync(int leaseSize, int codeLength = 12, params string[] settings)
    {
        RedisInstance server = await RedisInstance.StartNewAsync(settings);
        ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(server.Configuration);
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services
            .AddCodePool(o =>
            {
                (o.CodeLength, o.AllowGuessableCodes) = (codeLength, true);
                (o.StoreMinThreshold, o.StoreTargetSize) = (10_000, 100_000);
                (o.CacheMinThreshold, o.CacheRefillBatch, o.MaxJournalLength) = (1, leaseSize, 10_000_000);
                o.MonitorInterval = TimeSpan.FromMinutes(10);
            })
            .UseInMemoryStore()
            .UseRedis(_ => connection, o => o.TrustReplicationId = true);
        IHost host = builder.Build();
        await host.StartAsync();
        var pool = new RedisPool(server, connection, host, leaseSize);
        await pool.Pool.TakeAsync();
        return pool;
    }

    /// <summary>Marks what has been taken, and fills up as the monitor does it, ahead of time.</summary>
    public async Task FillAsync(int codes)
    {
        CodeCache cache = _runtime.Shared!.Cache;
        await _runtime.Shared.Marker.DrainAsync(default);
        await _runtime.Filler.FillAsync(codes + _leaseSize, null, default);
        Epoch epoch = _runtime.Shared.Epoch.Current!;
        while ((await cache.GetLevelsAsync(default))!.Value.Cached < codes)
        {
            LeaseResult leased = await _runtime.Store.LeaseAsync(new LeaseRequest(epoch, Guid.NewGuid(), _leaseSize, 0), default);
            foreach (Lease lease in leased.Leases)
                await cache.PushAsync(epoch, lease, default);
        }
    }

    /// <summary>A list of codes and nothing else, as one would make it.</summary>
    public async Task FillPlainAsync(int codes)
    {
        IDatabase redis = Connection.GetDatabase();
        await redis.KeyDeleteAsync(PlainList);
        foreach (string[] chunk in new CodeGenerator(_runtime.Format).Generate(codes).Chunk(_leaseSize))
            await redis.ListRightPushAsync(PlainList, [.. chunk.Select(code => (RedisValue)code)]);
    }

    public Task<RedisValue> PopPlainAsync() => Connection.GetDatabase().ListLeftPopAsync(PlainList);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await Connection.DisposeAsync();
        await Server.DisposeAsync();
    }
}
