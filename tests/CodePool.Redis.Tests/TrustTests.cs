using CodePool.Redis.Internal;
using CodePool.Redis.Tests.Support;

namespace CodePool.Redis.Tests;

/// <summary>A Journaled pool is refused where the fence was not tested, unless its owner says so; a Confirmed pool is not.</summary>
public sealed class TrustTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private const string Unknown = "redis_version:99.1.2\nredis_build_id:0";

    [Theory]
    [InlineData("redis_version:7.0.15\nredis_build_id:0")]
    [InlineData("redis_version:7.2.4\nserver_name:valkey\nvalkey_version:8.0.1")]
    public Task What_is_proven_needs_no_trust(string said) => LookAsync(CodeConsistency.Journaled, trust: false, said);

    [Fact]
    public async Task Another_version_is_refused_and_told_why()
    {
        string message = (await Assert.ThrowsAsync<CodePoolConfigurationException>(() => LookAsync(CodeConsistency.Journaled, trust: false, Unknown))).Message;
        Assert.Contains("not been tested on Redis 99.1.2", message, StringComparison.Ordinal);
        Assert.Contains("Redis 7.0, ", message, StringComparison.Ordinal);
        Assert.Contains("Set Consistency to Confirmed", message, StringComparison.Ordinal);
        Assert.Contains("docs/redis.md", message, StringComparison.Ordinal);
        Assert.Contains("TrustReplicationId", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CodeConsistency.Journaled, true)]
    [InlineData(CodeConsistency.Confirmed, false)]
    public Task It_is_taken_where_it_is_trusted_or_need_not_be(CodeConsistency consistency, bool trust) => LookAsync(consistency, trust, Unknown);

    /// <summary>The one that runs here, by what it says itself.</summary>
    [Fact]
    public async Task This_server_is_taken_if_it_is_proven()
    {
        Exception? refused = await Record.ExceptionAsync(() => LookAsync(CodeConsistency.Journaled, trust: false, said: null));
        IReadOnlyDictionary<string, string> info = await redis.Server.InfoAsync("server");
        Product product = Product.Of(new ServerInfo([.. info.Select(field => $"{field.Key}:{field.Value}")]));
        Assert.True(product.IsProven ? refused is null : refused is CodePoolConfigurationException, $"{product}: {refused}");
    }

    /// <summary>Looks at the server, which says <paramref name="said"/> of itself if that is given.</summary>
    private async Task LookAsync(CodeConsistency consistency, bool trust, string? said)
    {
        await using var pool = new TestPool(redis.Server, consistency);
        const string Asked = "redis.call('INFO', 'server')";
        var scripts = new RedisScripts((_, text) => said is null ? text : text.Replace(Asked, $"[[{said}]]", StringComparison.Ordinal));
        await pool.CreateProcess(redis.Server.CreateConfiguration(), scripts, options: new RedisCodePoolOptions { TrustReplicationId = trust }).LookAsync();
    }
}
