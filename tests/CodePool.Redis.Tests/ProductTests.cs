using CodePool.Redis.Internal;

namespace CodePool.Redis.Tests;

/// <summary>Which products a Journaled pool trusts: the release lines that docs/redis.md lists, and nothing that only looks like one.</summary>
public sealed class ProductTests
{
    private const string Build = "\r\nredis_build_id:0";

    [Theory]
    [InlineData("redis_version:7.0.15" + Build, "Redis 7.0.15", true)]
    [InlineData("redis_version:7.2.6" + Build, "Redis 7.2.6", true)]
    [InlineData("redis_version:7.4.1" + Build, "Redis 7.4.1", true)]
    [InlineData("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:7.2.7" + Build, "valkey 7.2.7", true)]
    [InlineData("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.0.1" + Build, "valkey 8.0.1", true)]
    [InlineData("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.1" + Build, "valkey 8.1.1", true)]
    [InlineData("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.1.2" + Build, "valkey 9.1.2", true)]
    [InlineData("redis_version:8.0.6" + Build, "Redis 8.0.6", true)]
    [InlineData("redis_version:7.9.224" + Build, "Redis 7.9.224", false)]
    [InlineData("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.10.0" + Build, "valkey 9.10.0", false)]
    [InlineData("redis_version:6.2.14" + Build, "Redis 6.2.14", false)]
    [InlineData("redis_version:8.2.0" + Build, "Redis 8.2.0", false)]
    [InlineData("redis_version:7.20.0" + Build, "Redis 7.20.0", false)]
    [InlineData("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.0.0" + Build, "valkey 9.0.0", false)]
    [InlineData("redis_version:7.4.0", "Redis 7.4.0", false)]
    [InlineData("redis_version:7.2.4\r\nserver_name:another" + Build, "Redis 7.2.4", false)]
    [InlineData("redis_version:7.4.3\r\ngarnet_version:1.0.0" + Build, "garnet 1.0.0", false)]
    [InlineData("redis_version:7.2.0\r\ndragonfly_version:df-v1.20" + Build, "dragonfly df-v1.20", false)]
    [InlineData("", "Redis of an unknown version", false)]
    public void Only_what_was_run_is_proven(string info, string name, bool isProven) =>
        Assert.Equal(new Product(name, isProven), Product.Of(new ServerInfo(info)));

    /// <summary>What a user reads before the refusal does: the release lines stand in three files besides the code.</summary>
    [Fact]
    public void The_documents_name_the_same_lines()
    {
        string redis = Versions("Redis");
        string valkey = Versions("valkey");
        Assert.Contains($"| Redis {redis} | yes | yes |", Read("docs/redis.md"), StringComparison.Ordinal);
        Assert.Contains($"| Valkey {valkey} | yes | yes |", Read("docs/redis.md"), StringComparison.Ordinal);
        string prose = $"Redis {WithAnd(redis)} and on Valkey {WithAnd(valkey)}";
        Assert.Contains(prose, Read("CHANGELOG.md"), StringComparison.Ordinal);
        Assert.Contains(prose, Read("src/CodePool.Redis/RedisCodePoolOptions.cs"), StringComparison.Ordinal);
    }

    private static string Versions(string product) => string.Join(
        ", ", Product.AllProven.Split(", ").Where(line => line.StartsWith($"{product} ", StringComparison.Ordinal)).Select(line => line[(product.Length + 1)..]));

    private static string WithAnd(string versions)
    {
        int last = versions.LastIndexOf(", ", StringComparison.Ordinal);
        return $"{versions[..last]} and {versions[(last + 2)..]}";
    }

    /// <summary>A file of the repository as one line, without the marks of a comment.</summary>
    private static string Read(string file)
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "CodePool.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The repository's root is not above the tests.");
        string[] lines = File.ReadAllLines(Path.Combine(folder.FullName, file));
        return string.Join(' ', lines.Select(line => line.Trim().TrimStart('/').Trim()));
    }
}
