namespace CodePool;

/// <summary>Where and how a pool is kept in a SQLite file.</summary>
public sealed class SqliteCodePoolOptions
{
    /// <summary>The database file, absolute or relative to the working directory; several pools and processes may share it, on a local disk. Default: <c>codepool.db</c>.</summary>
    public string Path { get; set; } = "codepool.db";

    /// <summary>Whether a missing file is created; its directory never is. Default: true.</summary>
    public bool CreateIfMissing { get; set; } = true;

    /// <summary>How long to wait, without blocking a thread, while another process writes to the file. Default: 5 seconds.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
