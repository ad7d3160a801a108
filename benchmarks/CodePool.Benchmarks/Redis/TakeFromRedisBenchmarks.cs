using BenchmarkDotNet.Attributes;

namespace CodePool.Benchmarks.Redis;

/// <summary>
/// A take from Redis, Journaled and fenced, against an LPOP a take, which is neither. All figures are of one take: the time from one to the next of all callers
/// together, and what client and pool allocate for it.
/// </summary>
[MemoryDiagnoser]
public class TakeFromRedisBenchmarks
{
    private const int Takes = 12_800;

    private RedisPool _redis = null!;

    [Params(1, 64)]
    public int Callers { get; set; }

    [GlobalSetup]
    public async Task SetUpAsync() => _redis = await RedisPool.StartAsync(leaseSize: 1_000);

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _redis.DisposeAsync();

    [IterationSetup(Target = nameof(PopAsync))]
    public void FillPlain() => _redis.FillPlainAsync(Takes).GetAwaiter().GetResult();

    [IterationSetup(Target = nameof(TakeAsync))]
    public void FillPool() => _redis.FillAsync(Takes).GetAwaiter().GetResult();

    [Benchmark(Baseline = true, OperationsPerInvoke = Takes, Description = "LPOP")]
    public Task PopAsync() => ShareAsync(async takes =>
    {
        for (int i = 0; i < takes; i++)
        {
            if ((await _redis.PopPlainAsync()).IsNull)
                throw new InvalidOperationException("Empty.");
        }
    });

    [Benchmark(OperationsPerInvoke = Takes)]
    public Task TakeAsync() => ShareAsync(async takes =>
    {
        for (int i = 0; i < takes; i++)
            await _redis.Pool.TakeAsync();
    });

    private Task ShareAsync(Func<int, Task> caller) =>
        Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => caller(Takes / Callers))));
}
