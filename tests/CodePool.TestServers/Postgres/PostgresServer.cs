using DotNet.Testcontainers.Builders;
using Npgsql;
using Testcontainers.PostgreSql;

namespace CodePool.TestServers;

/// <summary>The server that all tests share: from the environment, else in Docker, else local binaries. None: the tests fail, and say so.</summary>
public static class PostgresServer
{
    private const string Variable = "CODEPOOL_TEST_POSTGRES";
    private const string Image = "postgres:17-alpine";

    private static readonly Lazy<Task<string>> Shared = new(FindAsync);

    /// <summary>A connection string of a role that may create schemas, databases and roles.</summary>
    public static Task<string> ConnectionStringAsync() => Shared.Value;

    private static async Task<string> FindAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } configured)
            return Report(configured, Variable);

        if (await TryDockerAsync() is { } container)
            return Report(container, $"Docker, {Image}");

        if (PostgresBinaries.Find() is null)
        {
            throw new InvalidOperationException(
                $"There is no PostgreSQL to test with. Set {Variable} to a connection string, start Docker, or install the server (apt-get install postgresql).");
        }

        // Ends with this process, however that ends: nothing disposes it.
        PostgresInstance instance = await PostgresInstance.StartNewAsync();
        return Report(instance.ConnectionString, $"local binaries, {PostgresBinaries.Find()}");
    }

    private static async Task<string?> TryDockerAsync()
    {
        try
        {
            PostgreSqlContainer container = new PostgreSqlBuilder(Image).WithCommand("-c", "max_connections=300").Build();
            await container.StartAsync();
            return container.GetConnectionString();
        }
        catch (DockerUnavailableException)
        {
            return null;
        }
    }

    private static string Report(string connectionString, string found)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        Console.WriteLine($"PostgreSQL: {found} ({builder.Host}:{builder.Port})");
        return connectionString;
    }
}
