using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>
/// Whether the steps' statements are prepared: until a connection is met that goes through a pooler. That one might send the next execution to another
/// backend, which has not heard of the statement, or has another one under its name.
/// </summary>
internal sealed class Preparing
{
    private volatile bool _isOff;

    public bool IsOn => !_isOff;

    /// <summary>Of each connection to a server, before anything else is sent: a pooler tells the client a process id of its own.</summary>
    public void Look(NpgsqlConnection connection)
    {
        using NpgsqlCommand command = Ask(connection);
        Compare(connection, command.ExecuteScalar());
    }

    /// <inheritdoc cref="Look"/>
    public async Task LookAsync(NpgsqlConnection connection)
    {
        NpgsqlCommand command = Ask(connection);
        await using (command.ConfigureAwait(false))
            Compare(connection, await command.ExecuteScalarAsync().ConfigureAwait(false));
    }

    private static NpgsqlCommand Ask(NpgsqlConnection connection) => new("SELECT pg_backend_pid()", connection);

    private void Compare(NpgsqlConnection connection, object? backend)
    {
        // For good, since it may be the way to the server from now on. Only ever set: of two that look at once none undoes the other's.
        if (backend is not int process || process != connection.ProcessID)
            _isOff = true;
    }
}
