using Npgsql;

namespace CodePool.TestServers;

/// <summary>PgBouncer in transaction mode in front of the shared server: each transaction may meet another backend.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly ServerProcess _process;

    private PgBouncer(string folder, ServerProcess process, string connectionString)
    {
        _folder = folder;
        _process = process;
        ConnectionString = connectionString;
    }

    /// <summary>Through it, to the database of the shared server.</summary>
    public string ConnectionString { get; }

    /// <summary>Starts it on a free port, with so many connections to the server.</summary>
    public static async Task<PgBouncer> StartAsync(int servers = 4)
    {
        var server = new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync());
        string folder = Path.Combine(Path.GetTempPath(), $"codepool-bouncer-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        int port = LoopbackPort.Free();
        string config = Path.Combine(folder, "pgbouncer.ini");
        await File.WriteAllTextAsync(config, $"""
            [databases]
            {server.Database} = host={server.Host} port={server.Port} user={server.Username} password={server.Password ?? "none"}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = {servers}
            max_client_conn = 300
            """);
        ServerProcess process = await ServerProcess.StartAsync(PostgresBinaries.User, "TERM", "", PostgresBinaries.RequirePgBouncer(), config);
        var bouncer = new PgBouncer(folder, process, $"Host=127.0.0.1;Port={port};Username={server.Username};Database={server.Database};No Reset On Close=true;Timeout=5");
        await bouncer.WaitAsync();
        return bouncer;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync(keepFolder: true);
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task WaitAsync()
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await using var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false");
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (attempt < 200)
            {
                _process.ThrowIfEnded();
                await Task.Delay(50);
            }
        }
    }
}
