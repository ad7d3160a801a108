using CodePool.ContractTests;
using CodePool.Providers;
using CodePool.Redis.Internal;
using CodePool.Redis.Tests.Hosts;
using CodePool.Redis.Tests.Support;

namespace CodePool.Redis.Tests.Garnet;

/// <summary>The scripts run on Garnet as on Redis.</summary>
public sealed class GarnetCacheContractTests : CacheContract<GarnetHarness>;

/// <summary>Garnet serves Confirmed pools. It has no replication id, so it serves no others.</summary>
public sealed class GarnetTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_journaled_pool_is_refused_whatever_is_trusted(bool trust)
    {
        await using RedisCodeCache cache = GarnetHarness.Create(
            CodeConsistency.Journaled, new RedisCodePoolOptions { TrustReplicationId = trust }, TimeProvider.System);
        CodePoolConfigurationException refused = await Assert.ThrowsAsync<CodePoolConfigurationException>(
            async () => await cache.LookAsync(TestContext.Current.CancellationToken));
        Assert.Contains("garnet", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Set Consistency to Confirmed", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journaled_host_does_not_start()
    {
        await using RedisHost host = new World().CreateHost(RedisFixture.Patiently(GarnetFixture.Configuration));
        await Assert.ThrowsAsync<CodePoolConfigurationException>(host.StartAsync);
    }

    [Fact]
    public async Task A_confirmed_host_takes_from_it()
    {
        var world = new World();
        await using RedisHost host = await world.StartAsync(RedisFixture.Patiently(GarnetFixture.Configuration), o => o.Consistency = CodeConsistency.Confirmed);
        await host.FilledAsync();
        IReadOnlyList<string> codes = await host.TakeUpToAsync(300);
        Assert.Equal((300, 0), (codes.Distinct().Count(), host.TakenLocally));
        await host.StopAsync();
        CodePoolAudit audit = await world.AssertExactAsync();
        Assert.Equal((300, 0), (audit.Used, audit.Unconfirmed));
    }
}
