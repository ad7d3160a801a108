using System.Diagnostics;
using System.Globalization;
using CodePool.Benchmarks.Postgres;
using CodePool.Benchmarks.Ratios;
using CodePool.Internal.Hosting;
using CodePool.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CodePool.Benchmarks.Pipeline;

/// <summary>
/// <c>ratios pipeline</c>: sustained takes from Redis with PostgreSQL behind it, while both monitors refill and the marker marks; 64 callers,
/// 30 seconds, after 5 to warm up. Both sides as fast as they go, and at shares of that: a rate is sustained when takes stay fast at it.
/// </summary>
internal sealed class PipelineRun : PostgresRun
{
    private const int CallerCount = 64;
    private const string First = "SELECT and RPUSH, LPOP a take, UPDATE a code";

    /// <summary>Of the rate that callers reached who took again at once: what is left is for the monitors to catch up.</summary>
    private static readonly double[] Shares = [0.8, 0.6];

    /// <summary>The same of the first version, which has takes slower than 50 ms at larger ones.</summary>
    private static readonly double[] FirstShares = [0.6, 0.4, 0.2];

    private RedisInstance _server = null!;
    private ConnectionMultiplexer _connection = null!;
    private IHost _host = null!;
    private FirstVersion _first = null!;
    private TimeSpan _length;

    public override string Name => "pipeline";

    public override int Rounds => 1;

    protected override bool ComparesSlowCommits => false;

    public override async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _connection.DisposeAsync();
        await _server.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override async Task<IReadOnlyList<Variant>> VariantsAsync()
    {
        _server = await RedisInstance.StartNewAsync();
        _connection = await ConnectionMultiplexer.ConnectAsync(_server.Configuration);
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services
            .AddCodePool("pipeline", o =>
            {
                (o.StoreMinThreshold, o.StoreTargetSize) = (400_000, 500_000);
                (o.CacheMinThreshold, o.CacheRefillBatch, o.MaxJournalLength) = (100_000, 10_000, 1_000_000);
            })
            .UsePostgres(_ => Own, o => o.Schema = "bench")
            .UseRedis(_ => _connection, o => o.TrustReplicationId = true);
        _host = builder.Build();
        await _host.StartAsync();
        var pool = _host.Services.GetRequiredKeyedService<ICodePool>("pipeline");
        await _host.Services.GetRequiredKeyedService<ICodePoolOperations>("pipeline").FillAsync(400_000);
        await pool.TakeAsync();

        // The first version begins with all that it may take; only its second form stores more.
        await CopyPlainAsync(Draw(1_500_000));
        await ExecuteAsync("VACUUM ANALYZE plain");
        _first = new FirstVersion(Database, _connection.GetDatabase());

        string setting = $"{CallerCount} callers, 30 s";
        return
        [
            .. AtShares(setting, First, FirstShares, FirstVersionAsync),
            .. AtShares(setting, "the same, and a thread that stores as many codes", FirstShares, RefilledFirstVersionAsync),
            .. AtShares(setting, "CodePool TakeAsync, Redis and PostgreSQL", Shares, async rate =>
            {
                await CaughtUpAsync();
                return await TimeAsync(async () => await pool.TakeAsync(), rate);
            }),
        ];
    }

    /// <summary>As fast as they go, and at shares of the rate that this gave.</summary>
    private IEnumerable<Variant> AtShares(string setting, string name, double[] shares, Func<double, Task<Measured>> run)
    {
        double reached = 0;
        yield return new(setting, name, name == First, async () =>
        {
            if (name == First)
                _length = TimeSpan.FromSeconds(_length == default ? 5 : 30); // the first round is to warm up
            Measured measured = await run(double.PositiveInfinity);
            reached = measured.PerSecond;
            return measured;
        });
        foreach (double share in shares)
            yield return new(setting, $"{name}, {share:P0} of that rate", false, () => run(reached * share));
    }

    private Task<Measured> FirstVersionAsync(double rate) => BesideAsync(_first.TopUpAsync, () => TimeAsync(_first.TakeAsync, rate));

    private Task<Measured> RefilledFirstVersionAsync(double rate) => BesideAsync(
        stopping => Task.WhenAll(_first.TopUpAsync(stopping), _first.RefillAsync(Draw, stopping)),
        () => TimeAsync(_first.TakeRefilledAsync, rate));

    private static async Task<Measured> BesideAsync(Func<CancellationToken, Task> work, Func<Task<Measured>> measure)
    {
        using var stopping = new CancellationTokenSource();
        Task working = Task.Run(() => work(stopping.Token));
        Measured measured = await measure();
        await stopping.CancelAsync();
        await working;
        return measured;
    }

    /// <summary>What an earlier measurement left to fill and to mark is not this one's.</summary>
    private async Task CaughtUpAsync()
    {
        var pool = _host.Services.GetRequiredKeyedService<PoolRuntime>("pipeline");
        while (await JournaledAsync() > 0 || (await pool.Store.GetLevelsAsync(default)).Available < pool.Options.StoreMinThreshold)
            await Task.Delay(10);
    }

    /// <param name="take">One take.</param>
    /// <param name="rate">Takes a second of all callers together; the default: each takes again at once.</param>
    private async Task<Measured> TimeAsync(Func<Task> take, double rate = double.PositiveInfinity)
    {
        var waits = new List<double>[CallerCount];
        CpuTime cpu = CpuTime.Now(_server.ProcessId);
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, CallerCount).Select(caller => Task.Run(async () =>
        {
            List<double> mine = waits[caller] = [];
            while (Stopwatch.GetElapsedTime(start) is var elapsed && elapsed < _length)
            {
                if (mine.Count > elapsed.TotalSeconds * rate / CallerCount)
                {
                    await Task.Delay(1); // Ahead of the rate; what is due by then is taken one after the other.
                    continue;
                }

                long begin = Stopwatch.GetTimestamp();
                await take();
                mine.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            }
        })));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        string journal = $"journal {(await JournaledAsync()):N0}";
        string cores = CpuTime.Now(_server.ProcessId).Since(cpu, seconds);
        double[] all = [.. waits.SelectMany(mine => mine).Order()];
        return new Measured(all.Length, seconds, string.Create(
            CultureInfo.InvariantCulture,
            $"p50 {At(all, 0.5):F2} ms, p99 {At(all, 0.99):F2} ms, p99.9 {At(all, 0.999):F2} ms, slowest {all[^1]:F1} ms; {cores}; {journal} at the end"));
    }

    /// <summary>What the marker has not marked yet: if it grows from run to run, the rate is not sustained.</summary>
    private async Task<long> JournaledAsync() =>
        (await _host.Services.GetRequiredKeyedService<PoolRuntime>("pipeline").Shared!.Cache.GetLevelsAsync(default))?.Journaled ?? 0;

    private static double At(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];
}
