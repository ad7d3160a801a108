using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using CodePool.Internal.Hosting;
using CodePool.Internal.InMemory;
using CodePool.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CodePool.Benchmarks.Memory;

/// <summary>A take from the process's memory, Journaled, through <see cref="ICodePool"/>: of one code each. Refills and marks are done between the iterations.</summary>
[MemoryDiagnoser]
public class TakeFromMemoryBenchmarks
{
    private const int Takes = 1_000_000;
    private const int AtOnce = 100;

    private readonly string[] _codes = new CodeGenerator(new CodeFormat(CodeAlphabet.Crockford, 12)).Generate(Takes);
    private ConcurrentQueue<string> _queue = [];
    private IHost _host = null!;
    private ICodePool _pool = null!;
    private PoolRuntime _runtime = null!;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services
            .AddCodePool(o =>
            {
                (o.CacheMinThreshold, o.CacheRefillBatch, o.MaxJournalLength) = (1, Takes, int.MaxValue);
                o.MonitorInterval = TimeSpan.FromMinutes(10);
            })
            .UseStore("EndlessStore", _ => new EndlessStore(_codes));
        _host = builder.Build();
        await _host.StartAsync();
        _pool = _host.Services.GetRequiredService<ICodePool>();
        _runtime = _host.Services.GetRequiredKeyedService<PoolRuntime>(CodePoolServiceCollectionExtensions.DefaultPoolName);
        await _pool.TakeAsync();
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    [IterationSetup(Target = nameof(Queue))]
    public void FillQueue() => _queue = new ConcurrentQueue<string>(_codes);

    /// <summary>A lease on top of what is there, so that no take comes down to the low-water mark; what was taken is marked and forgotten.</summary>
    [IterationSetup(Targets = [nameof(TakeAsync), nameof(TakeUpToAsync)])]
    public void FillPool() => FillPoolAsync().GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = Takes, Description = "ConcurrentQueue")]
    public int Queue()
    {
        int characters = 0;
        for (int i = 0; i < Takes; i++)
            characters += _queue.TryDequeue(out string? code) ? code.Length : throw new InvalidOperationException("Empty.");
        return characters;
    }

    [Benchmark(OperationsPerInvoke = Takes)]
    public async Task<int> TakeAsync()
    {
        int characters = 0;
        for (int i = 0; i < Takes; i++)
            characters += (await _pool.TakeAsync()).Length;
        return characters;
    }

    [Benchmark(OperationsPerInvoke = Takes, Description = "TakeUpToAsync(100)")]
    public async Task<int> TakeUpToAsync()
    {
        int characters = 0;
        for (int taken = 0; taken < Takes;)
        {
            IReadOnlyList<string> codes = await _pool.TakeUpToAsync(AtOnce);
            taken += codes.Count;
            for (int i = 0; i < codes.Count; i++)
                characters += codes[i].Length;
        }

        return characters;
    }

    private async Task FillPoolAsync()
    {
        InProcessCache cache = _runtime.Cache;
        await _runtime.Marker.DrainAsync(default);
        await cache.ForgetAsync(await cache.GetFinishedLeasesAsync(default), long.MaxValue, default);
        Epoch epoch = _runtime.Epochs.Current!;
        LeaseResult leased = await _runtime.Store.LeaseAsync(new LeaseRequest(epoch, Guid.NewGuid(), Takes, 0), default);
        if (await cache.PushAsync(epoch, leased.Leases[0], default) != CacheStatus.Ok)
            throw new InvalidOperationException("The cache has refused a lease.");
    }
}
