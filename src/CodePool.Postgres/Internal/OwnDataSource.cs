using System.Data.Common;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>The data source of a pool that was given a connection string.</summary>
internal static class OwnDataSource
{
    // Every setting of ours ends with its transaction, so there is nothing to reset: the driver would send seven statements with
    // each first command on a pooled connection.
    public static NpgsqlDataSource Create(string connectionString) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(connectionString) { NoResetOnClose = true });

    /// <summary>
    /// Whether the steps' statements may be prepared: not if the connection string says what the driver should do, or lets commands share connections,
    /// and not if a pooler is in between, which might send the next one to another backend. It tells the client a process id of its own.
    /// </summary>
    public static async ValueTask<bool> MayPrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var said = new DbConnectionStringBuilder { ConnectionString = connection.ConnectionString };
        if (said.ContainsKey("Max Auto Prepare") || said.ContainsKey("Multiplexing"))
            return false;
        return connection.ProcessID == await connection.ExecuteScalarAsync<int>(
            new CommandDefinition("SELECT pg_backend_pid()", cancellationToken: cancellationToken)).ConfigureAwait(false);
    }
}
