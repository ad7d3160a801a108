using CodePool.Faults.Workers;
using CodePool.Internal.Hosting;
using CodePool.Providers;
using CodePool.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CodePool.Faults.Running;

/// <summary>The database of one run, filled before the workers start, and asked afterwards.</summary>
internal sealed class StoreDatabase : IAsyncDisposable
{
    // Each late mark moves codes out of Unconfirmed: noted by the database itself, apart from the code under test. Durable at once: the
    // server commits without waiting, and a scenario stops it.
    private const string NoteLateMarks = """
        SET synchronous_commit = on;
        CREATE TABLE late_marks (codes bigint NOT NULL);
        CREATE FUNCTION note_late_marks() RETURNS trigger LANGUAGE plpgsql AS $$
          BEGIN INSERT INTO late_marks VALUES (OLD.settled_unconfirmed - NEW.settled_unconfirmed); RETURN NULL; END $$;
        CREATE TRIGGER note_late_marks AFTER UPDATE ON codepool_pools FOR EACH ROW
          WHEN (NEW.settled_unconfirmed < OLD.settled_unconfirmed) EXECUTE FUNCTION note_late_marks()
        """;

    private readonly PostgresInstance _server;
    private readonly string _name;
    private readonly ServiceProvider _services;
    private readonly int _target;

    private StoreDatabase(PostgresInstance server, string name, PoolSettings pool)
    {
        (_server, _name, _target) = (server, name, pool.Target);
        ConnectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString;

        // Without a pool: no connection outlives a server that is stopped meanwhile.
        Connections = NpgsqlDataSource.Create($"{ConnectionString};Pooling=false");
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddCodePool(pool.Apply).UsePostgres(ConnectionString);
        _services = services.BuildServiceProvider();
    }

    public string ConnectionString { get; }

    public NpgsqlDataSource Connections { get; }

    /// <summary>By way of another port.</summary>
    public string ConnectionStringAt(int? port) => port is { } other
        ? new NpgsqlConnectionStringBuilder(ConnectionString) { Port = other }.ConnectionString
        : ConnectionString;

    public ICodePoolOperations Operations => _services.GetRequiredService<ICodePoolOperations>();

    public static async Task<StoreDatabase> CreateAsync(PostgresInstance server, PoolSettings pool)
    {
        string name = $"run_{Guid.NewGuid():N}";
        await ExecuteAsync(server, $"CREATE DATABASE {name}");
        var database = new StoreDatabase(server, name, pool);
        await database.Operations.FillAsync(database._target);
        await using NpgsqlCommand command = database.Connections.CreateCommand(NoteLateMarks);
        await command.ExecuteNonQueryAsync();
        return database;
    }

    /// <summary>What an operator does with a pool that waits for one: writes down what was handed out, lets it go on, and fills it anew.</summary>
    public async Task ResumeAsync(IReadOnlySet<string> handedOut)
    {
        CodeStore codes = _services.GetRequiredKeyedService<PoolRuntime>(CodePoolServiceCollectionExtensions.DefaultPoolName).Store;
        foreach (string[] some in handedOut.Chunk(10_000))
            await codes.AdoptAsync(some, CancellationToken.None);
        await Operations.ResumeAsync();
        await Operations.FillAsync(_target);
    }

    public async Task<T> ReadAsync<T>(string sql, params NpgsqlParameter[] parameters)
    {
        await using NpgsqlCommand command = Connections.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Connections.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync(_server, $"DROP DATABASE {_name} WITH (FORCE)");
    }

    private static async Task ExecuteAsync(PostgresInstance server, string sql)
    {
        await using var connection = new NpgsqlConnection($"{server.ConnectionString};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
