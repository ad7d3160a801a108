using CodePool.Providers;
using CodePool.Redis.Tests.Support;
using CodePool.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace CodePool.Redis.Tests.Hosts;

/// <summary>What is refused at start, with the key and the fix, and what is only said.</summary>
public sealed class SettingTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    [Theory]
    [InlineData("")]
    [InlineData("with space")]
    [InlineData("brace{")]
    [InlineData("line\n")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task A_key_prefix_that_could_not_work(string prefix)
    {
        await using RedisHost host = Create(builder => builder.UseRedis(redis.Server.Configuration, o => o.KeyPrefix = prefix));
        Assert.Contains("KeyPrefix", (await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_negative_database()
    {
        await using RedisHost host = Create(builder => builder.UseRedis(redis.Server.Configuration, o => o.Database = -2));
        Assert.Contains("Database is -2", (await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_caches()
    {
        await using RedisHost host = Create(builder => builder.UseRedis(redis.Server.Configuration).UseRedis("localhost:1"));
        string message = (await Assert.ThrowsAsync<OptionsValidationException>(host.StartAsync)).Message;
        Assert.Contains("2 caches (UseRedis, UseRedis). Keep at most one.", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_multiplexer_to_be_found()
    {
        await using RedisHost host = Create(builder => builder.UseRedis());
        string message = (await Assert.ThrowsAsync<CodePoolConfigurationException>(host.StartAsync)).Message;
        Assert.Contains("UseRedis(\"localhost:6379\")", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_configuration_that_cannot_be_read() =>
        Assert.ThrowsAny<ArgumentException>(() => Create(builder => builder.UseRedis("localhost:6379,noSuchKey=1")));

    [Fact]
    public async Task The_hosts_multiplexer_is_used_and_not_disposed()
    {
        await using ConnectionMultiplexer own = await ConnectionMultiplexer.ConnectAsync(redis.Server.CreateConfiguration());
        await using (RedisHost host = Create(builder =>
        {
            builder.Services.AddSingleton<IConnectionMultiplexer>(own);
            builder.UseRedis(o => (o.Database, o.TrustReplicationId) = (3, true));
        }))
        {
            await host.StartAsync();
            await host.FilledAsync();
            Assert.NotEqual(0, (await own.GetServers()[0].DatabaseSizeAsync(3)));
            await host.StopAsync();
        }

        Assert.True(own.IsConnected);
    }

    [Fact]
    public async Task A_redis_that_evicts_is_degraded_and_says_why()
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync("maxmemory 100mb", "maxmemory-policy allkeys-lru");
        await using RedisHost host = await new World().StartAsync(server.Configuration);
        await host.FilledAsync();

        HealthReportEntry health = await host.HealthAsync();

        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains("maxmemory-policy allkeys-lru", health.Description, StringComparison.Ordinal);
        Assert.Contains("noeviction", health.Description, StringComparison.Ordinal);
        Assert.Equal(1, host.Logged(52));

        await server.ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "noeviction");
        await Eventually.HoldsAsync(async () => (await host.HealthAsync()).Status == HealthStatus.Healthy, "the health to follow");
    }

    private static RedisHost Create(Action<ICodePoolBuilder> use)
    {
        var world = new World();
        return new RedisHost(world, builder => use(builder.UseStore("UseWorld", _ => new UnreachableStore(world))), null);
    }
}
