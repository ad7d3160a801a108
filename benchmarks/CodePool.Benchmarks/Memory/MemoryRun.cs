using System.Diagnostics;
using CodePool.Benchmarks.Ratios;
using CodePool.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CodePool.Benchmarks.Memory;

/// <summary><c>ratios memory</c>: takes through <see cref="ICodePool"/> from the process's memory, against ready-made queues.</summary>
internal sealed class MemoryRun : IRatioRun
{
    private const int Codes = 4_000_000;

    private readonly string[] _codes = new CodeGenerator(new CodeFormat(CodeAlphabet.Crockford, 12)).Generate(Codes);
    private readonly Peer[] _peers = [new QueuePeer(), new ChannelPeer(), new LockPeer(), new RingPeer(), new LeafPeer()];
    private IHost? _host;

    public string Name => "memory";

    public async Task<IReadOnlyList<Variant>> PrepareAsync()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services
            .AddCodePool(o => { o.CacheRefillBatch = Codes; o.CacheMinThreshold = Codes; o.MaxJournalLength = int.MaxValue; })
            .UseStore("EndlessStore", _ => new EndlessStore(_codes));
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
        string[] names = ["ConcurrentQueue", "bounded Channel", "lock and array", "ring with flags (uid-generator)", "read lock and increment (Leaf)"];
        foreach ((Peer peer, string name) in _peers.Zip(names))
        {
            yield return new Variant(setting, name, peer is QueuePeer, () =>
            {
                peer.Fill(_codes);
                return TimeAsync(threads, () => DrainAsync(peer, Codes / threads));
            });
        }

        yield return new Variant(setting, "CodePool TakeAsync", false, () => TimeAsync(threads, () => DrainAsync(pool, Codes / threads)));
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

    private static async Task<Measured> TimeAsync(int threads, Func<Task<int>> drain)
    {
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, threads).Select(_ => Task.Run(drain)));
        return new Measured(Codes, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
