using System.Diagnostics;
using System.Globalization;
using CodePool.Benchmarks.Ratios;
using CodePool.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CodePool.Benchmarks.Postgres;

/// <summary><c>ratios confirm</c>: takes that the store has confirmed before the caller has the code, 64 callers at once.</summary>
internal sealed class ConfirmRun : PostgresRun
{
    private const int Callers = 64;
    private const int PlainCodes = 6_400;
    private const int PoolCodes = 64_000;
    private const int Ahead = 2048;

    private IHost _host = null!;
    private long _next;

    public override string Name => "confirm";

    public override async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await base.DisposeAsync();
    }

    protected override async Task<IReadOnlyList<Variant>> VariantsAsync()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        AddPool(builder.Services, "confirmed", ahead: 0);
        AddPool(builder.Services, "ahead", Ahead);
        _host = builder.Build();
        await _host.StartAsync();
        foreach (string pool in (string[])["confirmed", "ahead"])
            await _host.Services.GetRequiredKeyedService<ICodePoolOperations>(pool).FillAsync(Rows);
        var confirmed = _host.Services.GetRequiredKeyedService<ICodePool>("confirmed");
        var confirmedAhead = _host.Services.GetRequiredKeyedService<ICodePool>("ahead");

        string setting = $"{Setting}, {Callers} callers";
        return
        [
            new(setting, "an UPDATE and a commit a take, 16 connections", true, () => TimeAsync(PlainCodes, () => UpdateAsync(Database))),
            new(setting, "the same, No Reset On Close", false, () => TimeAsync(PlainCodes, () => UpdateAsync(Own))),
            new(setting, "CodePool TakeAsync, Confirmed", false, () => TimeAsync(PoolCodes, async () => await confirmed.TakeAsync())),
            new(setting, $"CodePool TakeAsync, ConfirmAhead {Ahead}", false, () => TimeAsync(PoolCodes, async () => await confirmedAhead.TakeAsync())),
            new(setting, $"CodePool ConfirmAsync alone, {Callers} codes a call", false, ConfirmAsync),
        ];
    }

    private void AddPool(IServiceCollection services, string name, int ahead) => services
        .AddCodePool(name, o =>
        {
            (o.Consistency, o.ConfirmAhead) = (CodeConsistency.Confirmed, ahead);
            (o.StoreMinThreshold, o.StoreTargetSize) = (Rows / 10, Rows);
            (o.CacheMinThreshold, o.CacheRefillBatch) = (20_000, 10_000);
        })
        .UsePostgres(_ => Own, o => o.Schema = "bench");

    /// <summary>The store's step by itself, one call after the other: what is left of the difference is the queue's.</summary>
    private async Task<Measured> ConfirmAsync()
    {
        Epoch epoch = await OpenEpochAsync();
        LeasedCode[] codes =
        [
            .. from lease in await LeaseAsync(epoch, PlainCodes)
               from place in Enumerable.Range(0, lease.Codes.Count)
               select new LeasedCode(lease.Number, lease.First + place, lease.Codes[place]),
        ];
        long start = Stopwatch.GetTimestamp();
        foreach (LeasedCode[] group in codes.Chunk(Callers))
            await Store.ConfirmAsync(epoch, Guid.NewGuid(), group, default);
        return new Measured(codes.Length, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>The kindest plain way: no search, each caller has a row of its own.</summary>
    private async Task UpdateAsync(NpgsqlDataSource database)
    {
        await using NpgsqlCommand command = database.CreateCommand(
            "UPDATE plain SET status = 1, updated_at = now() WHERE id = $1 AND status = 0 RETURNING code");
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Interlocked.Increment(ref _next) });
        await command.ExecuteScalarAsync();
    }

    private static async Task<Measured> TimeAsync(int count, Func<Task> take)
    {
        int left = count;
        var latencies = new List<double>(count);
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            var mine = new List<double>();
            while (Interlocked.Decrement(ref left) >= 0)
            {
                long begin = Stopwatch.GetTimestamp();
                await take();
                mine.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            }

            lock (latencies)
                latencies.AddRange(mine);
        })));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        latencies.Sort();
        return new Measured(count, seconds, string.Create(
            CultureInfo.InvariantCulture, $"p50 {latencies[count / 2]:F2} ms, p99 {latencies[count * 99 / 100]:F2} ms"));
    }
}
