using CodePool.Internal.Hosting;
using CodePool.Internal.InMemory;
using CodePool.Providers;
using CodePool.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CodePool.Redis.Tests.Support;

/// <summary>A real host with one pool, its store in memory, its cache in a Redis of the test's own.</summary>
internal sealed class SmallHost : IAsyncDisposable
{
    public const string PoolName = "default";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly IHost _host;

    private SmallHost(RedisInstance redis, InMemoryDatabase database, Action<CodePoolOptions>? configure)
    {
        Store = new InMemoryCodeStore(database, PoolName, TimeProvider.System);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddCodePool(o =>
        {
            o.StoreMinThreshold = 2_000;
            o.StoreTargetSize = 4_000;
            o.CacheMinThreshold = 40;
            o.CacheRefillBatch = 20;
            configure?.Invoke(o);
        })
            .UseStore("UseTestStore", _ => new InMemoryCodeStore(database, PoolName, TimeProvider.System))
            .UseRedis(redis.Configuration, o => o.TrustReplicationId = true);
        _host = builder.Build();
    }

    /// <summary>A look at the database past the host.</summary>
    public CodeStore Store { get; }

    public ICodePool Pool => _host.Services.GetRequiredService<ICodePool>();

    public PoolRuntime Runtime => _host.Services.GetRequiredKeyedService<PoolRuntime>(PoolName);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Started, and its shared cache filled.</summary>
    public static async Task<SmallHost> StartAsync(
        RedisInstance redis, InMemoryDatabase? database = null, Action<CodePoolOptions>? configure = null)
    {
        var host = new SmallHost(redis, database ?? new InMemoryDatabase(), configure);
        await host._host.StartAsync(Token);
        await HoldsAsync(async () => host.Runtime.Shared!.Epoch.Current is not null
            && await host.Runtime.Shared.Cache.GetLevelsAsync(Token) is { Cached: >= 40 });
        return host;
    }

    public static async Task HoldsAsync(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(Limit);
        while (!await condition())
            await Task.Delay(10, limit.Token);
    }

    public Task StopAsync() => _host.StopAsync(Token).WaitAsync(Limit, Token);

    public async Task<IReadOnlyList<string>> TakeAsync(int count)
    {
        var codes = new List<string>();
        while (codes.Count < count)
            codes.Add(await Pool.TakeAsync(Token));
        return codes;
    }

    public async Task<CodePoolAudit> AssertExactAsync()
    {
        CodePoolAudit audit = await Store.AuditAsync(Token);
        Assert.True(audit.IsExact, $"{audit}: {string.Join("; ", audit.Findings)}");
        return audit;
    }

    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();
}
