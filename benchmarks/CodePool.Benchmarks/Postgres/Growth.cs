using System.Diagnostics;
using System.Globalization;
using CodePool.Postgres;
using CodePool.Postgres.Internal;
using CodePool.TestServers;
using CodePool.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CodePool.Benchmarks.Postgres;

/// <summary><c>growth SIZE …</c>: what each step costs when so many codes are in the table; one table that grows, ascending.</summary>
internal static class Growth
{
    private const int Batch = 5_000;
    private const int Repeats = 9;

    private static readonly CodeGenerator Generator = new(new CodeFormat(CodeAlphabet.Crockford, 12));

    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments.Length == 0 || !arguments.All(a => long.TryParse(a, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            Console.Error.WriteLine("growth SIZE …, ascending: growth 100000 1000000 10000000");
            return 2;
        }

        await using PostgresInstance instance = await PostgresInstance.StartNewAsync(
            "fsync=on", "synchronous_commit=on", "wal_writer_delay=200ms", "max_wal_size=16GB", "shared_buffers=4GB");
        await using NpgsqlDataSource database = OwnDataSource.Create(instance.ConnectionString + ";Max Auto Prepare=50");
        Console.WriteLine("| codes | fill, codes/s | last batch, codes/s | start | lease 5,000 | mark 5,000 | levels | take |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (long size in arguments.Select(a => long.Parse(a, CultureInfo.InvariantCulture)))
            Console.WriteLine(await MeasureAsync(database, size));
        return 0;
    }

    private static async Task<string> MeasureAsync(NpgsqlDataSource database, long size)
    {
        var options = new PostgresCodePoolOptions { Schema = "growth" };
        await using var store = new PostgresCodeStore("growth", database, ownsDataSource: false, options, TimeProvider.System);
        double start = await TimeAsync(async () => await store.OpenAsync(new PoolDefinition("growth", Generator.Format.ToString(), CodeConsistency.Journaled), default));
        (double fill, double last) = await FillAsync(store, size);
        Epoch epoch = (await store.OpenEpochAsync(new EpochRequest(EpochKind.Process, Guid.NewGuid(), "growth"), default))!;

        var leases = new List<Lease>();
        var marked = new List<LeaseSettlement>();
        double lease = await MedianAsync(async () =>
            leases.AddRange((await store.LeaseAsync(new LeaseRequest(epoch, Guid.NewGuid(), Batch, 0), default)).Leases));
        double mark = await MedianAsync(async () =>
        {
            Lease next = leases[^1];
            leases.RemoveAt(leases.Count - 1);
            marked.Add(new LeaseSettlement(next.Number));
            await store.MarkAsync(epoch, [.. next.Codes.Select((code, i) => new LeasedCode(next.Number, next.First + i, code))], default);
        });

        // As the marker does; levels count the codes of open leases, which are what is out and not what is stored.
        // A request that met a returned run came as two leases: one more than there were marks.
        await store.SettleAsync(epoch, [.. marked, .. leases.Select(left => new LeaseSettlement(left.Number, left.First))], default);
        double levels = await MedianAsync(async () => await store.GetLevelsAsync(default));
        double take = await TakeAsync(database);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {size:N0} | {fill:N0} | {last:N0} | {start * 1e3:F1} ms | {lease * 1e3:F1} ms | {mark * 1e3:F1} ms | {levels * 1e3:F2} ms | {take * 1e9:F0} ns |");
    }

    private static async Task<(double All, double Last)> FillAsync(PostgresCodeStore store, long size)
    {
        long begin = Stopwatch.GetTimestamp(), batch = begin;
        long stored = 0;
        double last = 0;
        long missing = size - (await store.GetLevelsAsync(default)).Generated;
        long target = (await store.GetLevelsAsync(default)).Available + missing;
        for (FillResult result = default; result.Available < target;)
        {
            result = await store.FillAsync(new FillRequest(target, store.FillBatchSize, Generator.Generate), default);
            stored += result.Stored;
            last = result.Stored / Stopwatch.GetElapsedTime(batch).TotalSeconds;
            batch = Stopwatch.GetTimestamp();
        }

        return (stored / Stopwatch.GetElapsedTime(begin).TotalSeconds, last);
    }

    /// <summary>Through a host, from memory, after its first refill: what a caller waits.</summary>
    private static async Task<double> TakeAsync(NpgsqlDataSource database)
    {
        const int Takes = 20_000;
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services
            .AddCodePool("growth", o => { o.CacheMinThreshold = 2 * Takes; o.CacheRefillBatch = 2 * Takes; })
            .UsePostgres(_ => database, o => o.Schema = "growth");
        using IHost host = builder.Build();
        await host.StartAsync();
        var pool = host.Services.GetRequiredKeyedService<ICodePool>("growth");
        await pool.TakeAsync();
        double seconds = await TimeAsync(async () =>
        {
            for (int i = 0; i < Takes; i++)
                await pool.TakeAsync();
        });
        await host.StopAsync();
        return seconds / Takes;
    }

    private static async Task<double> TimeAsync(Func<Task> act)
    {
        long start = Stopwatch.GetTimestamp();
        await act();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> MedianAsync(Func<Task> act)
    {
        var times = new List<double>();
        for (int i = 0; i < Repeats; i++)
            times.Add(await TimeAsync(act));
        return times.Order().ElementAt(Repeats / 2);
    }
}
