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

/// <summary>
/// <c>growth SIZE …</c>: what each step costs when so many codes are in the table; one table that grows, ascending. Prints comments
/// after <c>#</c>, a head, and a line a size, tab-separated. <c>name=value</c> is a setting of the server, <c>batch=N</c> another size of a fill's batch.
/// </summary>
internal static class Growth
{
    private const int Batch = 5_000;
    private const int Repeats = 9;
    private const int LastBatches = 20;

    private static readonly string[] Settings =
    [
        "fsync=on", "synchronous_commit=on", "wal_writer_delay=200ms",

        // So that neither the index nor a checkpoint's page images are what is measured.
        "shared_buffers=8GB", "max_wal_size=32GB", "checkpoint_timeout=60min",
    ];

    private static readonly CodeGenerator Generator = new(new CodeFormat(CodeAlphabet.Crockford, 12));

    public static async Task<int> RunAsync(string[] arguments)
    {
        string[] settings = [.. arguments.Where(a => a.Contains('=', StringComparison.Ordinal))];
        string[] sizes = [.. arguments.Except(settings)];
        if (sizes.Length == 0 || !sizes.All(a => long.TryParse(a, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
        {
            Console.Error.WriteLine("growth [NAME=VALUE …] SIZE …, ascending: growth 100000 1000000 10000000");
            return 2;
        }

        string? batch = settings.FirstOrDefault(s => s.StartsWith("batch=", StringComparison.Ordinal));
        settings = [.. Settings, .. settings.Where(s => s != batch)];
        await using PostgresInstance instance = await PostgresInstance.StartNewAsync(settings);
        await using NpgsqlDataSource database = OwnDataSource.Create(instance.ConnectionString + ";Max Auto Prepare=50");
        Console.WriteLine($"# growth, {Ratios.RatioRuns.Machine()}, PostgreSQL {await ScalarAsync<string>(database, "SHOW server_version")}, {string.Join(", ", settings)}");
        Console.WriteLine($"# fill: mean of the last {LastBatches} batches before the size; the others: median of {Repeats}, a lease and a mark of {Batch:N0} codes");
        Console.WriteLine("codes\tfill, codes/s\tstart, ms\tlease, ms\tmark, ms\tlevels, ms\ttake, ns\tWAL of a filled code, bytes");
        await using (PostgresCodeStore first = Store(database))
            await OpenAsync(first);
        foreach (long size in sizes.Select(a => long.Parse(a, CultureInfo.InvariantCulture)))
            Console.WriteLine(await MeasureAsync(database, size, batch is null ? null : int.Parse(batch["batch=".Length..], CultureInfo.InvariantCulture)));
        return 0;
    }

    private static PostgresCodeStore Store(NpgsqlDataSource database) =>
        new("growth", database, ownsDataSource: false, new PostgresCodePoolOptions { Schema = "growth" }, TimeProvider.System);

    private static ValueTask<PoolRecord> OpenAsync(PostgresCodeStore store) =>
        store.OpenAsync(new PoolDefinition("growth", Generator.Format.ToString(), CodeConsistency.Journaled), default);

    private static async Task<string> MeasureAsync(NpgsqlDataSource database, long size, int? batch)
    {
        await using PostgresCodeStore store = Store(database);
        await OpenAsync(store);
        (double fill, double log) = await FillAsync(store, database, size, batch ?? store.FillBatchSize);
        double start = await MedianAsync(async () =>
        {
            await using PostgresCodeStore fresh = Store(database);
            await OpenAsync(fresh);
        });
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
            $"{size}\t{fill:F0}\t{start * 1e3:F2}\t{lease * 1e3:F2}\t{mark * 1e3:F2}\t{levels * 1e3:F3}\t{take * 1e9:F0}\t{log:F0}");
    }

    private static async Task<(double Rate, double Log)> FillAsync(PostgresCodeStore store, NpgsqlDataSource database, long size, int batch)
    {
        StoreLevels before = await store.GetLevelsAsync(default);
        long target = before.Available + size - before.Generated;
        await FillToAsync(store, target - (long)LastBatches * batch, batch);
        decimal log = await ScalarAsync<decimal>(database, "SELECT wal_bytes FROM pg_stat_wal");
        long begin = Stopwatch.GetTimestamp();
        long stored = await FillToAsync(store, target, batch);
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        log = await ScalarAsync<decimal>(database, "SELECT wal_bytes FROM pg_stat_wal") - log;
        return (stored / seconds, (double)log / stored);
    }

    private static async Task<long> FillToAsync(PostgresCodeStore store, long target, int batch)
    {
        long stored = 0;
        for (FillResult result = default; result.Available < target; stored += result.Stored)
            result = await store.FillAsync(new FillRequest(target, batch, Generator.Generate), default);
        return stored;
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlDataSource database, string sql)
    {
        await using NpgsqlCommand command = database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
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
        double seconds = await MedianAsync(async () =>
        {
            for (int i = 0; i < Takes / Repeats; i++)
                await pool.TakeAsync();
        });
        await host.StopAsync();
        return seconds / (Takes / Repeats);
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
