using DotNet.Testcontainers.Builders;
using StackExchange.Redis;
using Testcontainers.Redis;

namespace CodePool.TestServers;

/// <summary>The server that all tests share: from the environment, else in Docker, else local binaries. None: the tests fail, and say so.</summary>
public static class RedisServer
{
    private const string Variable = "CODEPOOL_TEST_REDIS";
    private const string Image = "redis:7.4-alpine";

    private static readonly Lazy<Task<string>> Shared = new(FindAsync);

    /// <summary>A configuration string of StackExchange.Redis. Tests share the key space: each uses names of its own.</summary>
    public static Task<string> ConfigurationAsync() => Shared.Value;

    private static async Task<string> FindAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } configured)
            return Report(configured, Variable);

        if (await TryDockerAsync() is { } container)
            return Report(container, $"Docker, {Image}");

        if (RedisBinaries.Find() is null)
        {
            throw new InvalidOperationException(
                $"There is no Redis to test with. Set {Variable} to a connection string, start Docker, or install the server (apt-get install redis-server).");
        }

        // Ends with this process, however that ends: nothing disposes it.
        RedisInstance instance = await RedisInstance.StartNewAsync();
        return Report(instance.Configuration, $"local binaries, {RedisBinaries.Find()}");
    }

    private static async Task<string?> TryDockerAsync()
    {
        try
        {
            RedisContainer container = new RedisBuilder(Image).Build();
            await container.StartAsync();
            return container.GetConnectionString();
        }
        catch (DockerUnavailableException)
        {
            return null;
        }
    }

    private static string Report(string configuration, string found)
    {
        Console.WriteLine($"Redis: {found} ({string.Join(", ", ConfigurationOptions.Parse(configuration).EndPoints)})");
        return configuration;
    }
}
