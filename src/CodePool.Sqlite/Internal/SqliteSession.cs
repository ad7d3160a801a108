using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CodePool.Sqlite.Internal;

/// <summary>One connection with its prepared statements. One caller at a time.</summary>
/// <param name="connection">The connection, which the session disposes.</param>
/// <param name="busyTimeout">How long to wait for another process's lock.</param>
/// <param name="weaken">For tests alone: rewrites a statement, given its name and text, to show what its protection is for.</param>
internal sealed class SqliteSession(
    SqliteConnection connection, TimeSpan busyTimeout, Func<string, string, string>? weaken = null) : IDisposable
{
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(2);

    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);
    private string? _setUp;

    /// <summary>Runs a statement of this assembly's sql folder, by file name; the rows it changed.</summary>
    public int Execute(string name, params ReadOnlySpan<(string Name, object? Value)> values) =>
        Prepare(name, values).ExecuteNonQuery();

    public List<T> Query<T>(string name, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var rows = new List<T>();
        using SqliteDataReader reader = Prepare(name, values).ExecuteReader();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>Runs a file of several statements, as migrations are.</summary>
    public void Script(string name) => Check(raw.sqlite3_exec(connection.Handle, Sql.Text(name)));

    /// <summary>
    /// Runs a statement that may meet another process's lock. SQLite's own busy_timeout sleeps on the caller's thread, and so
    /// does the driver's retry: it stays 0, the statement goes past the driver, and the wait is awaited here.
    /// </summary>
    /// <remarks>The wait is on the system's clock on purpose: another process's lock knows nothing of the clock given to the store.</remarks>
    public async ValueTask ExecuteWhenFreeAsync(string sql, CancellationToken cancellationToken)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            int result = raw.sqlite3_exec(connection.Handle, sql);
            if (result == raw.SQLITE_OK)
                return;
            Refuse(result, mayPass: Stopwatch.GetElapsedTime(began) < busyTimeout);
            await Task.Delay(LockPoll, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs pragmas, unless they were the last that this ran. Only outside a transaction, where they take effect at once.</summary>
    public async ValueTask SetUpAsync(string pragmas, CancellationToken cancellationToken)
    {
        if (_setUp == pragmas)
            return;

        // Until all of it ran nothing is known: a refused rest must not let the next forced commit believe in what was before.
        _setUp = null;
        await ExecuteWhenFreeAsync(pragmas, cancellationToken).ConfigureAwait(false);
        _setUp = pragmas;
    }

    public void Commit() => Check(raw.sqlite3_exec(connection.Handle, "COMMIT"));

    /// <summary>Ends a transaction that SQLite has not ended itself (it does when the disk is full).</summary>
    public void RollBack()
    {
        if (raw.sqlite3_get_autocommit(connection.Handle) == 0)
            _ = raw.sqlite3_exec(connection.Handle, "ROLLBACK");
    }

    public void Dispose()
    {
        foreach (SqliteCommand command in _prepared.Values)
            command.Dispose();
        connection.Dispose();
    }

    private void Refuse(int result, bool mayPass)
    {
        try
        {
            if (!mayPass || !IsBusy(result))
                Check(result);
        }
        finally
        {
            // A BEGIN that came before what was refused.
            RollBack();
        }
    }

    private static bool IsBusy(int result) => (result & 0xFF) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, connection.Handle);

    private SqliteCommand Prepare(string name, ReadOnlySpan<(string Name, object? Value)> values)
    {
        if (!_prepared.TryGetValue(name, out SqliteCommand? command))
        {
            command = connection.CreateCommand();
            command.CommandText = weaken?.Invoke(name, Sql.Text(name)) ?? Sql.Text(name);
            _prepared.Add(name, command);
        }

        command.Parameters.Clear();
        foreach ((string parameter, object? value) in values)
            command.Parameters.AddWithValue(parameter, value ?? DBNull.Value);
        return command;
    }
}
