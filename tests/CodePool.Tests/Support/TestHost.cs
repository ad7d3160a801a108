using CodePool.Internal.Hosting;
using CodePool.Internal.InMemory;
using CodePool.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace CodePool.Tests.Support;

/// <summary>A real host with one pool. Disposing it without a stop is what a kill leaves behind: open epochs and leases.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;

    public TestHost(World world, Action<CodePoolOptions>? configure, CodeCache? shared = null, int confirmConcurrency = 1)
    {
        World = world;
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging();
        builder.Services.AddSingleton<TimeProvider>(world.Time);
        builder.Services.AddHealthChecks().AddCodePool();
        ICodePoolBuilder pool = builder.Services.AddCodePool(o =>
        {
            Small(o);
            configure?.Invoke(o);
        }).UseStore("UseFaultyStore", _ => new FaultyStore(
            new InMemoryCodeStore(world.Database, World.Pool, world.Time), World.Pool, Faults, confirmConcurrency));
        if (shared is not null)
            pool.UseCache("UseTestCache", _ => shared);
        _host = builder.Build();
    }

    public World World { get; }

    public StoreFaults Faults { get; } = new();

    public IServiceProvider Services => _host.Services;

    public ICodePool Pool => Services.GetRequiredService<ICodePool>();

    public ICodePoolOperations Operations => Services.GetRequiredService<ICodePoolOperations>();

    public PoolRuntime Runtime => Services.GetRequiredKeyedService<PoolRuntime>(World.Pool);

    public IReadOnlyList<FakeLogRecord> Logs => Services.GetFakeLogCollector().GetSnapshot();

    public static void Small(CodePoolOptions options)
    {
        options.StoreMinThreshold = 200;
        options.StoreTargetSize = 400;
        options.CacheMinThreshold = 40;
        options.CacheRefillBatch = 20;

        // The clock is not the machine's: what is bounded by time is bounded by what the test lets pass.
        options.TakeTimeout = TimeSpan.FromHours(1);
    }

    public Task StartAsync() => _host.StartAsync(TestContext.Current.CancellationToken);

    public Task StopAsync() => Eventually.CompletesAsync(_host.StopAsync(TestContext.Current.CancellationToken));

    public Task StopWithinAsync(CancellationToken cancellationToken) => _host.StopAsync(cancellationToken);

    public bool Logged(int eventId) => Logs.Any(record => record.Id.Id == eventId);

    /// <summary>One code, while the clock goes on.</summary>
    public Task<string> TakeAsync() =>
        Eventually.CompletesAsync(Pool.TakeAsync(TestContext.Current.CancellationToken).AsTask(), World.Time);

    public Task<IReadOnlyList<string>> TakeUpToAsync(int count) =>
        Eventually.CompletesAsync(Pool.TakeUpToAsync(count, TestContext.Current.CancellationToken).AsTask(), World.Time);

    /// <summary>Waits until the monitors have filled store and cache.</summary>
    public Task FilledAsync() => Eventually.HoldsAsync(
        () => Runtime.Cache.Cached >= Runtime.Options.CacheMinThreshold && Runtime.StoreMonitor.Available > 0, World.Time);

    public ValueTask DisposeAsync() => ((IAsyncDisposable)_host).DisposeAsync();
}
