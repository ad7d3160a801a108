using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CodePool.Sqlite.Internal;

/// <summary>SQLite's errors in the words of the library: what is wrong with which file, and the fix. SQLite names tables and columns, never a value.</summary>
internal static class SqliteFailure
{
    /// <summary>While opening nothing is under way yet: what is wrong is the set-up, and a person must mend it.</summary>
    public static CodePoolException AtOpen(SqliteException failure, string poolName, string path)
    {
        string? message = failure.SqliteErrorCode switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED =>
                $"'{path}' is locked by another process for longer than BusyTimeout. Stop that process (a shell with an open transaction, a backup), or raise BusyTimeout.",
            raw.SQLITE_CANTOPEN => WhyNotOpened(path),
            raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH =>
                $"'{path}' cannot be written. Give this process write access to the file and to its directory, where SQLite keeps its log beside it.",
            _ => null,
        };
        return message is null ? Later(failure, poolName, path) : new CodePoolConfigurationException(poolName, message, failure);
    }

    public static CodePoolException Later(SqliteException failure, string poolName, string path)
    {
        return failure.SqliteErrorCode switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => Unavailable($"'{path}' was locked by another process for longer than BusyTimeout. Try again."),
            raw.SQLITE_FULL => Unavailable($"the disk of '{path}' is full. Free some space."),
            raw.SQLITE_NOTADB => Configuration($"'{path}' is not a SQLite database. Name another file."),
            raw.SQLITE_CORRUPT => Configuration($"'{path}' is damaged. Run 'PRAGMA integrity_check', and restore a backup."),
            raw.SQLITE_READONLY => Configuration($"'{path}' cannot be written any more. Restore write access to the file and its directory."),
            raw.SQLITE_CONSTRAINT => Configuration($"the records in '{path}' contradict each other. Audit the pool."),
            raw.SQLITE_ERROR => Configuration($"the tables in '{path}' are not those of this version. Did something else change them?"),
            _ => Unavailable($"'{path}' could not be read or written (SQLite error {failure.SqliteExtendedErrorCode}). Check the disk."),
        };

        CodePoolStoreUnavailableException Unavailable(string message) => new(poolName, message, failure);
        CodePoolConfigurationException Configuration(string message) => new(poolName, message, failure);
    }

    private static string WhyNotOpened(string path)
    {
        string directory = Path.GetDirectoryName(path) ?? path;
        if (Directory.Exists(path))
            return $"'{path}' is a directory. Path must name a file.";
        if (!Directory.Exists(directory))
            return $"the directory '{directory}' does not exist. Create it, or correct Path.";
        if (!File.Exists(path))
            return $"'{path}' does not exist, and could not be created. Set CreateIfMissing, and give this process write access to '{directory}'.";
        return $"'{path}' cannot be opened. Give this process read and write access to the file and to its directory.";
    }
}
