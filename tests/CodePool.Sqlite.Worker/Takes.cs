using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CodePool.Sqlite.Worker;

/// <summary>A host with a pool as an application has it, small enough that refills and fills come all the time.</summary>
internal static class Takes
{
    private const int Callers = 4;

    public static async Task RunAsync(string path, string pool, int count)
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services
            .AddCodePool(pool, options =>
            {
                options.Consistency = pool == "confirmed" ? CodeConsistency.Confirmed : CodeConsistency.Journaled;
                (options.StoreMinThreshold, options.StoreTargetSize) = (500, 1_000);
                (options.CacheMinThreshold, options.CacheRefillBatch) = (100, 50);
                options.MonitorInterval = TimeSpan.FromMilliseconds(20);
            })
            .UseSqlite(path);
        await TakeAsync(builder, pool, count);

        // Only now is the file closed.
        Console.WriteLine("done");
    }

    private static async Task TakeAsync(HostApplicationBuilder builder, string pool, int count)
    {
        using IHost host = builder.Build();
        await host.StartAsync();
        var codes = host.Services.GetRequiredKeyedService<ICodePool>(pool);
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref count) >= 0)
                Console.WriteLine($"took {await codes.TakeAsync()}");
        })));
        await host.StopAsync();
    }
}
