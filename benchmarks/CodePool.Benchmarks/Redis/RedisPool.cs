using CodePool.Providers;
using CodePool.TestServers;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace CodePool.Benchmarks.Redis;

/// <summary>A server, and a pool with its cache in it that is filled when it is told to be.</summary>
internal sealed class RedisPool : IAsyncDisposable
{
    private static readonly RedisKey PlainList = "plain";

    private readonly SleepingPool _pool;
    private readonly int _leaseSize;

    private RedisPool(RedisInstance server, ConnectionMultiplexer connection, SleepingPool pool, int leaseSize) =>
        (Server, Connection, _pool, _leaseSize) = (server, connection, pool, leaseSize);

    public RedisInstance Server { get; }

    public ConnectionMultiplexer Connection { get; }

    public ICodePool Pool => _pool.Pool;

    /// <param name="leaseSize">Codes a lease, which is what one push brings.</param>
    /// <param name="codeLength">Symbols a code, of Crockford's 32.</param>
    /// <param name="settings">Lines for redis.conf.</param>
    public static async Task<RedisPool> StartAsync(int leaseSize, int codeLength = 12, params string[] settings)
    {
        RedisInstance server = await RedisInstance.StartNewAsync(settings);
        ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(server.Configuration);
        var generator = new CodeGenerator(new CodeFormat(CodeAlphabet.Crockford, codeLength));
        SleepingPool pool = await SleepingPool.StartAsync(leaseSize, codeLength, builder => builder
            .UseStore("EndlessStore", _ => new EndlessStore(() => generator.Generate(leaseSize)))
            .UseRedis(_ => connection, o => o.TrustReplicationId = true));
        return new RedisPool(server, connection, pool, leaseSize);
    }

    /// <summary>Marks what has been taken, and fills up as the monitor does it, ahead of time.</summary>
    public async Task FillAsync(int codes)
    {
        CodeCache cache = _pool.Runtime.Shared!.Cache;
        await _pool.Runtime.Shared.Marker.DrainAsync(default);
        while ((await cache.GetLevelsAsync(default))!.Value.Cached < codes)
            await _pool.LeaseAsync(cache, _pool.Runtime.Shared.Epoch.Current!, _leaseSize);
    }

    /// <summary>A list of codes and nothing else, as one would make it.</summary>
    public async Task FillPlainAsync(int codes)
    {
        IDatabase redis = Connection.GetDatabase();
        await redis.KeyDeleteAsync(PlainList);
        foreach (string[] chunk in new CodeGenerator(Pool.Format).Generate(codes).Chunk(_leaseSize))
            await redis.ListRightPushAsync(PlainList, [.. chunk.Select(code => (RedisValue)code)]);
    }

    public Task<RedisValue> PopPlainAsync() => Connection.GetDatabase().ListLeftPopAsync(PlainList);

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        await Connection.DisposeAsync();
        await Server.DisposeAsync();
    }
}
