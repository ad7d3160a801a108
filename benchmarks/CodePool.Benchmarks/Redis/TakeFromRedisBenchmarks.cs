using BenchmarkDotNet.Attributes;
using StackExchange.Redis;

namespace CodePool.Benchmarks.Redis;

/// <summary>
/// A take from Redis, Journaled and fenced, against an LPOP a take, which is neither. All figures are of one take: the time from one to the next of all callers
/// together, and what client and pool allocate for it.
/// </summary>
[MemoryDiagnoser]
public class TakeFromRedisBenchmarks
{
    private const int Takes = 12_800;

    private static readonly RedisKey[] Keys = ["{b}meta", "{b}list", "{b}journal"];
    private static readonly RedisValue[] Values = ["a", "b", 1, 2];

    private RedisPool _redis = null!;
    private byte[] _nothing = null!;

    [Params(1, 64)]
    public int Callers { get; set; }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _redis = await RedisPool.StartAsync(leaseSize: 1_000);
        _nothing = await _redis.Connection.GetServers()[0].ScriptLoadAsync("return { 1, 2, 'an answer of a pop, as it is' }");
    }

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _redis.DisposeAsync();

    [IterationSetup(Target = nameof(PopAsync))]
    public void FillPlain() => _redis.FillPlainAsync(Takes).GetAwaiter().GetResult();

    [IterationSetup(Target = nameof(TakeAsync))]
    public void FillPool() => _redis.FillAsync(Takes).GetAwaiter().GetResult();

    /// <summary>With a step between the iterations it runs as the others do, once in each, and stands in their table.</summary>
    [IterationSetup(Target = nameof(EvaluateAsync))]
    public void FillNothing()
    {
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Takes, Description = "LPOP")]
    public Task PopAsync() => ShareAsync(async takes =>
    {
        for (int i = 0; i < takes; i++)
        {
            if ((await _redis.PopPlainAsync()).IsNull)
                throw new InvalidOperationException("Empty.");
        }
    });

    /// <summary>What any script costs a caller alone, in this client and this server.</summary>
    [Benchmark(OperationsPerInvoke = Takes, Description = "EVALSHA of nothing")]
    public Task EvaluateAsync() => ShareAsync(async takes =>
    {
        IDatabase redis = _redis.Connection.GetDatabase();
        for (int i = 0; i < takes; i++)
            await redis.ScriptEvaluateAsync(_nothing, Keys, Values, CommandFlags.DemandMaster);
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
