using CodePool.Internal.Hosting;
using CodePool.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CodePool.Tests.Hosting;

public sealed class NamedPoolsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_pools_of_one_host_have_options_monitors_and_codes_of_their_own()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddCodePool("gifts", o =>
        {
            TestHost.Small(o);
            o.Pattern = "GIFT-############";
        }).UseInMemoryStore();
        builder.Services.AddCodePool("invites", o =>
        {
            TestHost.Small(o);
            o.CodeLength = 16;
            o.Consistency = CodeConsistency.Confirmed;
        }).UseInMemoryStore();
        builder.Services.AddSingleton<Shop>();
        using IHost host = builder.Build();
        await host.StartAsync(Token);
        Shop shop = host.Services.GetRequiredService<Shop>();

        // Each goes on past its first fill: each has its monitors.
        IReadOnlyList<string> gifts = await Eventually.CompletesAsync(shop.Gifts.TakeUpToAsync(1_000, Token).AsTask());
        IReadOnlyList<string> invites = await Eventually.CompletesAsync(shop.Invites.TakeUpToAsync(1_000, Token).AsTask());

        Assert.Equal((1_000, 1_000), (gifts.Distinct().Count(), invites.Distinct().Count()));
        Assert.All(gifts, code => Assert.StartsWith("GIFT-", code, StringComparison.Ordinal));
        Assert.All(invites, code => Assert.Equal(16, code.Length));
        Assert.Equal(("gifts", "invites"), (shop.Gifts.Name, shop.Invites.Name));
        Assert.Null(host.Services.GetService<ICodePool>());
        Assert.NotSame(Runtime(host, "gifts").Store, Runtime(host, "invites").Store);
        await host.StopAsync(Token);
        await Assert.ThrowsAsync<CodePoolStoppedException>(async () => await shop.Gifts.TakeAsync(Token));
        await Assert.ThrowsAsync<CodePoolStoppedException>(async () => await shop.Invites.TakeAsync(Token));
    }

    [Fact]
    public async Task A_hosted_service_may_take_in_its_own_start_and_in_its_own_stop()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<Eager>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Eager>());
        builder.Services.AddCodePool(TestHost.Small).UseInMemoryStore();
        using IHost host = builder.Build();

        await host.StartAsync(Token);
        await host.StopAsync(Token);

        Assert.Equal(2, host.Services.GetRequiredService<Eager>().Codes.Distinct().Count());
    }

    private static PoolRuntime Runtime(IHost host, string pool) => host.Services.GetRequiredKeyedService<PoolRuntime>(pool);

    private sealed class Shop([FromKeyedServices("gifts")] ICodePool gifts, [FromKeyedServices("invites")] ICodePool invites)
    {
        public ICodePool Gifts => gifts;

        public ICodePool Invites => invites;
    }

    private sealed class Eager(ICodePool pool) : IHostedService
    {
        public List<string> Codes { get; } = [];

        public async Task StartAsync(CancellationToken cancellationToken) => Codes.Add(await pool.TakeAsync(cancellationToken));

        public async Task StopAsync(CancellationToken cancellationToken) => Codes.Add(await pool.TakeAsync(cancellationToken));
    }
}
