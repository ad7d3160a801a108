using Dapper;
using Npgsql;

namespace CodePool.Postgres.Tests.Support;

/// <summary>A database of its own whose encoding is not UTF8.</summary>
internal sealed class EncodedDatabase : IAsyncDisposable
{
    private readonly NpgsqlDataSource _server;
    private readonly string _name = $"t_{Guid.NewGuid():N}";

    private EncodedDatabase(string server)
    {
        _server = NpgsqlDataSource.Create(server);
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = _name }.ConnectionString;
    }

    public string ConnectionString { get; }

    public static async Task<EncodedDatabase> CreateAsync(string encoding)
    {
        var database = new EncodedDatabase(await PostgresServer.ConnectionStringAsync());
        await database.ExecuteAsync($"CREATE DATABASE {database._name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0");
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        // Connections that the driver's pools keep are ended with it.
        await ExecuteAsync($"DROP DATABASE {_name} WITH (FORCE)");
        await _server.DisposeAsync();
    }

    private async Task ExecuteAsync(string sql)
    {
        await using NpgsqlConnection connection = await _server.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }
}
