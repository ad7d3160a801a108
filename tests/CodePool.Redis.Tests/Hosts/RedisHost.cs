using System.Diagnostics.Metrics;
using CodePool.Internal.Hosting;
using CodePool.Providers;
using CodePool.Redis.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CodePool.Redis.Tests.Hosts;

/// <summary>A real host with one pool whose cache is a real Redis. Disposing it without a stop is what a kill leaves behind.</summary>
internal sealed class RedisHost : IAsyncDisposable
{
    public const string PoolName = "default";

    private readonly World _world;
    private readonly IHost _host;
    private readonly MetricCollector<long> _undelivered;

    public RedisHost(World world, string redis, Action<CodePoolOptions>? configure)
        : this(world, builder => builder.UseStore("UseWorld", _ => new UnreachableStore(world)).UseRedis(redis, o => o.TrustReplicationId = true), configure)
    {
    }

    public RedisHost(World world, Action<ICodePoolBuilder> use, Action<CodePoolOptions>? configure)
    {
        _world = world;
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging();
        builder.Services.AddSingleton(world.Time);
        builder.Services.AddHealthChecks().AddCodePool();
        use(builder.Services.AddCodePool(options =>
        {
            Small(options);
            configure?.Invoke(options);
        }));
        _host = builder.Build();
        _undelivered = new MetricCollector<long>(Services.GetService<IMeterFactory>(), "CodePool", "codepool.codes.undelivered");
    }

    public IServiceProvider Services => _host.Services;

    public ICodePool Pool => Services.GetRequiredService<ICodePool>();

    public ICodePoolOperations Operations => Services.GetRequiredService<ICodePoolOperations>();

    public PoolRuntime Runtime => Services.GetRequiredKeyedService<PoolRuntime>(PoolName);

    public Epoch? Epoch => Runtime.Shared!.Epoch.Current;

    /// <summary>Codes taken from this process's own lease, and not from Redis.</summary>
    public long TakenLocally => Runtime.Cache.Taken;

    /// <summary>Codes that a lost reply may have taken with it.</summary>
    public long Undelivered => _undelivered.GetMeasurementSnapshot().EvaluateAsCounter();

    private FakeTimeProvider? Clock => _world.Time as FakeTimeProvider;

    public static void Small(CodePoolOptions options)
    {
        options.StoreMinThreshold = 1_000;
        options.StoreTargetSize = 3_000;
        options.CacheMinThreshold = 100;
        options.CacheRefillBatch = 50;
        options.MonitorInterval = TimeSpan.FromMilliseconds(50);
        options.TakeTimeout = TimeSpan.FromSeconds(30);
    }

    public Task StartAsync() => _host.StartAsync(TestContext.Current.CancellationToken);

    public Task StopAsync() => _host.StopAsync(TestContext.Current.CancellationToken);

    public int Logged(int eventId) => Services.GetFakeLogCollector().GetSnapshot().Count(record => record.Id.Id == eventId);

    public Task EventuallyAsync(Func<bool> condition, string what) => Eventually.HoldsAsync(condition, what, Clock);

    /// <summary>
    /// Waits until takes are served from Redis, and it is filled. What the process had leased for itself goes first, and is given back right
    /// after Redis is filled: until then takes come from there.
    /// </summary>
    public async Task FilledAsync() => await Eventually.HoldsAsync(
        async () => Epoch is not null && (await CachedInRedisAsync()) >= Runtime.Options.CacheMinThreshold && Runtime.Cache.Cached == 0,
        "Redis to be filled", Clock);

    public async Task<string> TakeAsync() => (await TakeUpToAsync(1))[0];

    public async Task<IReadOnlyList<string>> TakeUpToAsync(int count)
    {
        Task<IReadOnlyList<string>> take = Pool.TakeUpToAsync(count, TestContext.Current.CancellationToken).AsTask();
        await EventuallyAsync(() => take.IsCompleted, "a take");
        IReadOnlyList<string> codes = await take;
        Assert.Equal(count, codes.Count);
        return codes;
    }

    public async Task<HealthReportEntry> HealthAsync() =>
        (await Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken))
            .Entries[$"codepool-{PoolName}"];

    public async ValueTask DisposeAsync()
    {
        _undelivered.Dispose();
        await ((IAsyncDisposable)_host).DisposeAsync();
    }

    private async Task<long> CachedInRedisAsync()
    {
        try
        {
            return (await Runtime.Shared!.Cache.GetLevelsAsync(TestContext.Current.CancellationToken))?.Cached ?? 0;
        }
        catch (CodePoolCacheUnavailableException)
        {
            return 0;
        }
    }
}
