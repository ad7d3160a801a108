using System.Diagnostics;
using CodePool.Benchmarks.Ratios;
using CodePool.Internal.Hosting;
using CodePool.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CodePool.Benchmarks.Memory;

/// <summary><c>ratios memory</c>: takes through <see cref="ICodePool"/> from the process's memory, against ready-made queues.</summary>
internal sealed class MemoryRun : IRatioRun
{
    private const int Codes = 4_000_000;
    private const int Batch = 100_000;

    private readonly string[] _codes = new CodeGenerator(new CodeFormat(CodeAlphabet.Crockford, 12)).Generate(Codes);
    private readonly Peer[] _peers = [new QueuePeer(), new ChannelPeer(), new LockPeer(), new RingPeer(), new LeafPeer(), new OwnPeer()];
    private EndlessStore _store = null!;
    private IHost? _host;

    public string Name => "memory";

    /// <summary>A measurement is some 30 ms here: where the scheduler put the threads shows in each.</summary>
    public int Rounds => 9;

    public async Task<IReadOnlyList<Variant>> PrepareAsync()
    {
        string[] batch = _codes[..Batch];
        _store = new EndlessStore(() => batch);
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services
            .AddCodePool(o => { o.CacheRefillBatch = Batch; o.CacheMinThreshold = Codes; o.MaxJournalLength = int.MaxValue; })
            .UseStore("EndlessStore", _ => _store);
        _host = builder.Build();
        await _host.StartAsync();
        var pool = _host.Services.GetRequiredService<ICodePool>();

        return [.. Variants(pool, threads: 1), .. Variants(pool, threads: 2)];
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.StopAsync();
        _host?.Dispose();
        Array.ForEach(_peers, peer => (peer as IDisposable)?.Dispose());
    }

    private IEnumerable<Variant> Variants(ICodePool pool, int threads)
    {
        string setting = $"{threads} thread{(threads == 1 ? "" : "s")}";
        string[] names = ["ConcurrentQueue", "bounded Channel", "lock and array", "ring with flags (uid-generator)", "read lock and increment (Leaf)", "limit: nothing shared"];
        foreach ((Peer peer, string name) in _peers.Zip(names))
        {
            yield return new Variant(setting, name, peer is QueuePeer, () =>
            {
                peer.Fill(_codes);
                return TimeAsync(threads, () => DrainAsync(peer, Codes / threads));
            });
        }

        yield return new Variant(setting, "CodePool TakeAsync", false, async () =>
        {
            await FullAsync();
            _store.Pause();
            Measured measured = await TimeAsync(threads, () => DrainAsync(pool, Codes / threads));
            _store.Resume();
            await FullAsync();
            return measured;
        });
        yield return new Variant(setting, "CodePool TakeAsync, each timed, while refills and marks run", false, async () =>
        {
            await FullAsync();
            var waits = new long[Codes];
            int thread = -1;
            Measured measured = await TimeAsync(
                threads, () => TimedAsync(pool, waits.AsMemory(Interlocked.Increment(ref thread) * (Codes / threads), Codes / threads)));
            Array.Sort(waits);
            return measured with { Note = $"p50 {At(waits, 0.5):F2} µs, p99 {At(waits, 0.99):F2} µs, p99.9 {At(waits, 0.999):F2} µs, slowest {At(waits, 1):F0} µs" };
        });
    }

    /// <summary>As the peers are: filled before they are measured, with nothing left to do from the time before.</summary>
    private async Task FullAsync()
    {
        CodeCache cache = _host!.Services.GetRequiredKeyedService<PoolRuntime>("default").Cache;
        while (await cache.GetLevelsAsync(default) is not { Cached: >= Codes, Journaled: 0 })
            await Task.Delay(1);
        GC.Collect();
    }

    private static async Task<int> DrainAsync(ICodePool pool, int count)
    {
        int taken = 0;
        for (int i = 0; i < count; i++)
            taken += (await pool.TakeAsync()).Length;
        return taken;
    }

    private static async Task<int> DrainAsync(Peer peer, int count)
    {
        int taken = 0;
        for (int i = 0; i < count; i++)
            taken += (await peer.TakeAsync())!.Length;
        return taken;
    }

    private static async Task<int> TimedAsync(ICodePool pool, Memory<long> waits)
    {
        int taken = 0;
        for (int i = 0; i < waits.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            taken += (await pool.TakeAsync()).Length;
            waits.Span[i] = Stopwatch.GetTimestamp() - start;
        }

        return taken;
    }

    /// <summary>Microseconds.</summary>
    private static double At(long[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))] * 1e6 / Stopwatch.Frequency;

    /// <summary>From when the first begins until the last is through.</summary>
    private static async Task<Measured> TimeAsync(int threads, Func<Task<int>> drain)
    {
        (long Start, long End)[] times = await PinnedThreads.RunAsync(threads, () =>
        {
            long start = Stopwatch.GetTimestamp();
            drain().GetAwaiter().GetResult();
            return (start, Stopwatch.GetTimestamp());
        });
        return new Measured(Codes, Stopwatch.GetElapsedTime(times.Min(t => t.Start), times.Max(t => t.End)).TotalSeconds);
    }
}
