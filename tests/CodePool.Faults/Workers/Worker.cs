using System.Text.Json;
using CodePool.Faults.Weakening;
using CodePool.Internal.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CodePool.Faults.Workers;

/// <summary>An application: a host with a pool, and callers. Told what to do by lines on its input; it ends with whoever started it.</summary>
internal static class Worker
{
    public const string Started = "started", Stop = "stop", Stopped = "stopped", Go = "go", Health = "health", Quit = "quit";

    public static async Task<int> RunAsync(string json)
    {
        WorkerSettings settings = JsonSerializer.Deserialize<WorkerSettings>(json)!;
        using var undelivered = new UndeliveredCount();
        using var log = new TakeLog(settings.Log);
        using IHost host = Build(settings);
        PoolRuntime pool = host.Services.GetRequiredKeyedService<PoolRuntime>(CodePoolServiceCollectionExtensions.DefaultPoolName);
        if (settings.Without.Contains(Protection.DropForgotten))
            pool.Forgotten = () => { };
        pool.Proof.IsNeeded = !settings.Without.Contains(Protection.RecentProof);
        await host.StartAsync();
        var taker = new Taker(pool, log, settings);
        Console.WriteLine(Started);

        Task taking = taker.RunAsync();
        for (string? line = ""; line != Quit; line = await Console.In.ReadLineAsync())
        {
            switch (line)
            {
                case Stop:
                    taker.Stop();
                    await taking;
                    Console.WriteLine($"{Stopped} {pool.Queue.Undelivered}");
                    break;
                case Go:
                    taking = taker.RunAsync();
                    break;
                case Health:
                    HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
                    Console.WriteLine($"{report.Status} {string.Join(' ', report.Entries.Values.Select(entry => entry.Description))}");
                    break;
                case null:
                    return 1;
            }
        }

        await host.StopAsync();
        Console.WriteLine(JsonSerializer.Serialize(new WorkerResult(undelivered.Codes, undelivered.Left, taker.MostAhead, taker.Failures)));
        return 0;
    }

    private static IHost Build(WorkerSettings settings)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss.fff "));
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddHealthChecks().AddCodePool();
        builder.Services
            .AddCodePool(options =>
            {
                settings.Pool.Apply(options);
                options.ConfirmAhead = settings.ConfirmAhead;
            })
            .UseWeakenedPostgres(settings.Postgres, settings.Without)
            .UseWeakenedRedis(settings.Redis, settings.Without);
        return builder.Build();
    }
}
