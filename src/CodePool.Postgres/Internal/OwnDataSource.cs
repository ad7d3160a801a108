using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>The data source of a pool that was given a connection string.</summary>
internal static class OwnDataSource
{
    // Every setting of ours ends with its transaction, so there is nothing to reset: the driver would send seven statements with
    // each first command on a pooled connection.
    public static NpgsqlDataSource Create(string connectionString) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(connectionString) { NoResetOnClose = true });
}
