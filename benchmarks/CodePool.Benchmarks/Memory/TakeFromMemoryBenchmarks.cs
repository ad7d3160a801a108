using System.Collections.Concurrent;
using BenchmarkDotNet.Attributes;
using CodePool.Internal.InMemory;
using CodePool.Providers;

namespace CodePool.Benchmarks.Memory;

/// <summary>A take from the process's memory, Journaled, through <see cref="ICodePool"/>: of one code each. Refills and marks are done between the iterations.</summary>
[MemoryDiagnoser]
public class TakeFromMemoryBenchmarks
{
    private const int Takes = 1_000_000;
    private const int AtOnce = 100;

    private readonly string[] _codes = new CodeGenerator(new CodeFormat(CodeAlphabet.Crockford, 12)).Generate(Takes);
    private ConcurrentQueue<string> _queue = [];
    private SleepingPool _memory = null!;
    private ICodePool _pool = null!;

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _memory = await SleepingPool.StartAsync(Takes, 12, builder => builder.UseStore("EndlessStore", _ => new EndlessStore(() => _codes)));
        _pool = _memory.Pool;
    }

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _memory.DisposeAsync();

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
        InProcessCache cache = _memory.Runtime.Cache;
        await _memory.Runtime.Marker.DrainAsync(default);
        await cache.ForgetAsync(await cache.GetFinishedLeasesAsync(default), long.MaxValue, default);
        await _memory.LeaseAsync(cache, _memory.Runtime.Epochs.Current!, Takes);
    }
}
