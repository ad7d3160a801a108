using Npgsql;

namespace CodePool.TestServers;

/// <summary>A server of a test's own, from local binaries, in a temporary folder, on a free loopback port.</summary>
public sealed class PostgresInstance : IAsyncDisposable
{
    /// <summary>A role that has to give a password, if a test creates it.</summary>
    public const string WithPassword = "codepool_with_password";

    private readonly string _folder;
    private readonly int _port = LoopbackPort.Free();
    private string[] _settings = [];
    private ServerProcess? _process;

    private PostgresInstance(string folder) => _folder = folder;

    /// <summary>Of a superuser.</summary>
    public string ConnectionString =>
        $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;Maximum Pool Size=100;Timeout=5";

    /// <summary>Kept over a restart.</summary>
    public int Port => _port;

    /// <summary>Where its data are.</summary>
    public string Folder => _folder;

    /// <summary>A new server; <paramref name="settings"/> such as <c>fsync=on</c> win over the ones below.</summary>
    public static async Task<PostgresInstance> StartNewAsync(params string[] settings)
    {
        string bin = PostgresBinaries.Require();
        var instance = new PostgresInstance(NewFolder()) { _settings = [.. settings.SelectMany(setting => new[] { "-c", setting })] };
        await ServerProcess.RunAsync(
            PostgresBinaries.User, Path.Combine(bin, "initdb"), "-D", instance._folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");

        // For the test of a wrong password; everybody else is trusted, which saves the key derivation at each connection.
        string rules = Path.Combine(instance._folder, "pg_hba.conf");
        await File.WriteAllTextAsync(rules, $"host all {WithPassword} 127.0.0.1/32 scram-sha-256\n{await File.ReadAllTextAsync(rules)}");
        await instance.StartAsync();
        return instance;
    }

    /// <summary>Copies the running server to a folder.</summary>
    public async Task<string> TakeBackupAsync()
    {
        string backup = NewFolder();
        await ServerProcess.RunAsync(
            PostgresBinaries.User, Path.Combine(PostgresBinaries.Require(), "pg_basebackup"),
            "-D", backup, "-h", "127.0.0.1", "-p", $"{_port}", "-U", "postgres", "-X", "stream", "-c", "fast");
        return backup;
    }

    /// <summary>Stops the server at once and starts it again, on the same port, from a backup, which is used up.</summary>
    /// <param name="backup">Its folder.</param>
    /// <param name="newTimeline">As after a restore that PostgreSQL knows of; false: as a volume that was put back.</param>
    public async Task RestoreAsync(string backup, bool newTimeline)
    {
        await StopImmediatelyAsync();
        await ServerProcess.RunAsync(
            PostgresBinaries.User, "sh", "-c",
            "rm -rf \"$1\" && mv \"$2\" \"$1\" && if $3; then touch \"$1/recovery.signal\"; echo \"restore_command = 'false'\" >> \"$1/postgresql.auto.conf\"; fi",
            "restore", _folder, backup, newTimeline ? "true" : "false");
        await StartAsync();
    }

    /// <summary>A streaming copy of this server as it is now; it follows until it is promoted, or its feed is cut.</summary>
    public async Task<PostgresInstance> StartStandbyAsync()
    {
        var standby = new PostgresInstance(NewFolder());
        await ServerProcess.RunAsync(
            PostgresBinaries.User, Path.Combine(PostgresBinaries.Require(), "pg_basebackup"),
            "-D", standby._folder, "-h", "127.0.0.1", "-p", $"{_port}", "-U", "postgres", "-R", "-X", "stream", "-c", "fast");
        await standby.StartAsync();
        return standby;
    }

    /// <summary>Makes a standby a primary, on a timeline of its own.</summary>
    public Task PromoteAsync() => ServerProcess.RunAsync(
        PostgresBinaries.User, Path.Combine(PostgresBinaries.Require(), "pg_ctl"), "promote", "-w", "-D", _folder);

    /// <summary>Without synchronous commit unless a transaction asks for it: so the tests notice a step that forgets to.</summary>
    public async Task StartAsync()
    {
        _process = await ServerProcess.StartAsync(
            PostgresBinaries.User, "QUIT", _folder, [Path.Combine(PostgresBinaries.Require(), "postgres"), "-D", _folder, "-p", $"{_port}",
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=300",
            "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "wal_writer_delay=10s", "-c", "shared_buffers=128MB",
            "-c", "hot_standby_feedback=off", "-c", "max_wal_senders=4", .. _settings]);
        await WaitAsync();
    }

    /// <summary>SIGQUIT: no checkpoint, connections cut, recovery at the next start. What was not flushed is gone.</summary>
    public async Task StopImmediatelyAsync()
    {
        await _process!.StopAsync(keepFolder: true);
        _process.Dispose();
        _process = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await StopImmediatelyAsync();
        await ServerProcess.RunAsync(PostgresBinaries.User, "rm", "-rf", _folder);
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
            catch (NpgsqlException) when (attempt < 600)
            {
                _process!.ThrowIfEnded();
                await Task.Delay(50);
            }
        }
    }

    private static string NewFolder() => Path.Combine(Path.GetTempPath(), $"codepool-pg-{Guid.NewGuid():N}");
}
