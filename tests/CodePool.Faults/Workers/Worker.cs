using System.Text.Json;
using CodePool.Faults.Weakening;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CodePool.Faults.Workers;

/// <summary>An application: a host with a pool, and callers. Told what to do by lines on its input; it ends with whoever started it.</summary>
internal static class Worker
{
    public const string Started = "started", Stop = "stop", Stopped = "stopped", Quit = "quit";

    public static async Task<int> RunAsync(string json)
    {
        WorkerSettings settings = JsonSerializer.Deserialize<WorkerSettings>(json)!;
        using var undelivered = new UndeliveredCount();
        using var log = new TakeLog(settings.Log);
        using IHost host = Build(settings);
        await host.StartAsync();
        var taker = new Taker(host.Services.GetRequiredService<ICodePool>(), log, settings);
        Console.WriteLine(Started);

        Task taking = taker.RunAsync();
        await ExpectAsync(Stop);
        taker.Stop();
        await taking;
        Console.WriteLine(Stopped);

        await ExpectAsync(Quit);
        await host.StopAsync();
        Console.WriteLine(JsonSerializer.Serialize(new WorkerResult(undelivered.Codes, taker.Failures)));
        return 0;
    }

    private static async Task ExpectAsync(string line)
    {
        if (await Console.In.ReadLineAsync() != line)
            Environment.Exit(1);
    }

    private static IHost Build(WorkerSettings settings)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss.fff "));
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services
            .AddCodePool(options => PoolSettings.Apply(options, settings.Consistency))
            .UseWeakenedPostgres(settings.Postgres, settings.Without)
            .UseWeakenedRedis(settings.Redis, settings.Without);
        return builder.Build();
    }
}
