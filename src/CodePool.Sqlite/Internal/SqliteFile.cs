using Microsoft.Data.Sqlite;

namespace CodePool.Sqlite.Internal;

/// <summary>The database file, and how its connections are set up.</summary>
internal sealed class SqliteFile(string poolName, SqliteCodePoolOptions options, Func<string, string, string>? weaken)
{
    // 64 MiB of cache at most, taken as the table grows: a fill touches a page a code, and a small cache reads each again
    // (docs/decisions/0002-sqlite-layout.md). Where fsync does not reach the disk (macOS), fullfsync does.
    private const string WriterSetup =
        "PRAGMA busy_timeout = 0; PRAGMA journal_mode = WAL; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1; " +
        "PRAGMA cache_size = -65536;";

    private const string ReaderSetup = "PRAGMA busy_timeout = 0; PRAGMA query_only = 1;";

    /// <summary>Absolute, so that no name is special to SQLite.</summary>
    public string FullPath { get; } = Locate(poolName, options.Path);

    /// <summary>The one connection that writes: its page cache stays warm, where two would empty each other's.</summary>
    public ValueTask<SqliteSession> OpenWriterAsync(CancellationToken cancellationToken) =>
        OpenAsync(options.CreateIfMissing ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite, WriterSetup, cancellationToken);

    public ValueTask<SqliteSession> OpenReaderAsync(CancellationToken cancellationToken) =>
        OpenAsync(SqliteOpenMode.ReadWrite, ReaderSetup, cancellationToken);

    private static string Locate(string poolName, string path)
    {
        if (string.IsNullOrWhiteSpace(path))
            throw new CodePoolConfigurationException(poolName, "Path is empty. Name the SQLite file.");

        // Each connection would have a database of its own, or what a URI says would be lost.
        if (path == ":memory:" || path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw new CodePoolConfigurationException(poolName, $"Path '{path}' is no file name. Name a file, or use UseInMemoryStore().");
        return Path.GetFullPath(path);
    }

    private async ValueTask<SqliteSession> OpenAsync(SqliteOpenMode mode, string setup, CancellationToken cancellationToken)
    {
        // Pooling would keep connections of a disposed store open; disposing must close the file.
        string text = new SqliteConnectionStringBuilder { DataSource = FullPath, Mode = mode, Pooling = false, DefaultTimeout = 1 }.ToString();
        var connection = new SqliteConnection(text);
        var session = new SqliteSession(connection, options.BusyTimeout, weaken);
        try
        {
            connection.Open();
            await session.ExecuteWhenFreeAsync(setup, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
