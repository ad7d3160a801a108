using CodePool.Internal.Hosting;
using CodePool.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CodePool.Benchmarks;

/// <summary>A pool in a host whose monitors sleep after the start: it is filled and marked when it is told to be.</summary>
internal sealed class SleepingPool : IAsyncDisposable
{
    private readonly IHost _host;

    private SleepingPool(IHost host)
    {
        _host = host;
        Pool = host.Services.GetRequiredService<ICodePool>();
        Runtime = host.Services.GetRequiredKeyedService<PoolRuntime>(CodePoolServiceCollectionExtensions.DefaultPoolName);
    }

    public ICodePool Pool { get; }

    public PoolRuntime Runtime { get; }

    /// <param name="leaseSize">Codes of the lease that the start takes.</param>
    /// <param name="codeLength">Symbols a code, of Crockford's 32.</param>
    /// <param name="use">Its store and cache.</param>
    public static async Task<SleepingPool> StartAsync(int leaseSize, int codeLength, Action<ICodePoolBuilder> use)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        use(builder.Services.AddCodePool(o =>
        {
            (o.CodeLength, o.AllowGuessableCodes) = (codeLength, true);
            (o.StoreMinThreshold, o.StoreTargetSize) = (leaseSize, leaseSize);
            (o.CacheMinThreshold, o.CacheRefillBatch, o.MaxJournalLength) = (1, leaseSize, int.MaxValue);
            o.MonitorInterval = TimeSpan.FromMinutes(10);
        }));
        IHost host = builder.Build();
        await host.StartAsync();
        var pool = new SleepingPool(host);
        await pool.Pool.TakeAsync();
        return pool;
    }

    /// <summary>Leases and pushes, as the monitor does it.</summary>
    public async Task LeaseAsync(CodeCache cache, Epoch epoch, int count)
    {
        LeaseResult leased = await Runtime.Store.LeaseAsync(new LeaseRequest(epoch, Guid.NewGuid(), count, 0), default);
        foreach (Lease lease in leased.Leases)
        {
            if (await cache.PushAsync(epoch, lease, default) is var status && status != CacheStatus.Ok)
                throw new InvalidOperationException($"The cache says {status}.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
