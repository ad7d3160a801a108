using CodePool.Internal.Hosting;
using CodePool.Internal.InMemory;
using CodePool.Providers;
using CodePool.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CodePool.Tests.Hosting;

/// <summary>Everything was restarted on a database that went back in time; only the shared cache remembers.</summary>
public sealed class RememberedByCacheTests
{
    [Fact]
    public async Task The_first_lease_of_a_restarted_process_is_held_against_what_the_cache_remembers()
    {
        var world = new World();
        var remembers = new CacheView("server", Guid.NewGuid(), HighestEpoch: 9, HighestLease: 50, [], []);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<TimeProvider>(world.Time);
        builder.Services.AddCodePool(TestHost.Small)
            .UseStore("UseTestStore", _ => new InMemoryCodeStore(world.Database, World.Pool, world.Time))
            .UseCache("UseTestCache", _ => new LookingCache(remembers));
        using IHost host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        // The cache is away by now, so the process leases for itself. A recovery comes first: its jump is in the epoch's number.
        PoolRuntime runtime = host.Services.GetRequiredKeyedService<PoolRuntime>(World.Pool);
        await Eventually.HoldsAsync(() => runtime.Epochs.Current is not null, world.Time);
        Assert.True(runtime.Epochs.Current!.Number > 1 << 20, $"epoch {runtime.Epochs.Current.Number}");
        await Eventually.CompletesAsync(host.StopAsync(TestContext.Current.CancellationToken));
    }
}
