using BenchmarkDotNet.Attributes;
using CodePool.Providers;

namespace CodePool.Benchmarks.Postgres;

/// <summary>The store's steps in PostgreSQL, durable, one call after the other. All figures are of one call.</summary>
[MemoryDiagnoser]
public class StoreBenchmarks
{
    private const int Calls = 8;

    private readonly LeasedCode[][] _leased = new LeasedCode[Calls][];
    private PostgresPool _pool = null!;

    [Params(64, 5_000)]
    public int Codes { get; set; }

    [GlobalSetup]
    public async Task SetUpAsync()
    {
        _pool = await PostgresPool.StartAsync(new CodeFormat(CodeAlphabet.Crockford, 12));
        await _pool.FillAsync(500_000);
    }

    [GlobalCleanup]
    public async Task CleanUpAsync() => await _pool.DisposeAsync();

    [IterationSetup(Target = nameof(LeaseAsync))]
    public void Fill() => _pool.FillAsync(500_000).GetAwaiter().GetResult();

    [IterationSetup(Targets = [nameof(MarkAsync), nameof(ConfirmAsync)])]
    public void Lease() => RefillAsync().GetAwaiter().GetResult();

    [Benchmark(OperationsPerInvoke = Calls)]
    public async Task LeaseAsync()
    {
        for (int i = 0; i < Calls; i++)
            await _pool.Store.LeaseAsync(new LeaseRequest(_pool.Epoch, Guid.NewGuid(), Codes, 0), default);
    }

    [Benchmark(OperationsPerInvoke = Calls)]
    public async Task MarkAsync()
    {
        foreach (LeasedCode[] codes in _leased)
            await _pool.Store.MarkAsync(_pool.Epoch, codes, default);
    }

    [Benchmark(OperationsPerInvoke = Calls)]
    public async Task ConfirmAsync()
    {
        foreach (LeasedCode[] codes in _leased)
            await _pool.Store.ConfirmAsync(_pool.Epoch, Guid.NewGuid(), codes, default);
    }

    private async Task RefillAsync()
    {
        await _pool.FillAsync(500_000);
        for (int i = 0; i < Calls; i++)
            _leased[i] = await _pool.LeaseAsync(Codes);
    }
}
