using Dapper;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Creates or checks the tables.</summary>
internal sealed class SchemaStep(PoolContext pool, PostgresNames names, PostgresSchemaMode mode)
{
    private const int Version = 1;
    private const int OldestServer = 15;

    public ValueTask<bool> EnsureAsync(CancellationToken cancellationToken) => pool.ReadAsync(EnsureAsync, cancellationToken);

    private async ValueTask<bool> EnsureAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (connection.PostgreSqlVersion.Major < OldestServer)
            throw new CodePoolConfigurationException(pool.Name, $"the server is PostgreSQL {connection.PostgreSqlVersion.Major}; CodePool needs {OldestServer} or newer.");
        if (mode == PostgresSchemaMode.Off)
            return false;

        // Looked for before anything is created: IF NOT EXISTS asks for the CREATE right first.
        int version = await ReadVersionAsync(connection, null, cancellationToken).ConfigureAwait(false);
        if (version == 0 && mode == PostgresSchemaMode.Apply)
            version = await CreateAsync(connection, cancellationToken).ConfigureAwait(false);
        return version == Version ? true : throw Refuse(version);
    }

    private CodePoolConfigurationException Refuse(int version) => new(pool.Name, version switch
    {
        0 => $"the tables are not there, and SchemaMode is Validate. Run this script as their owner, in one transaction:\n{names.Apply(EmbeddedSql.Read("schema.sql"))}",
        _ => $"the tables are of schema version {version}, and this CodePool.Postgres knows version {Version}: update the package.",
    });

    /// <summary>0: there are no tables.</summary>
    private async ValueTask<int> ReadVersionAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<bool>(Command(
            "open.find_schema", transaction, cancellationToken, new { @namespace = names.Namespace, table = names.Table("schema") })).ConfigureAwait(false)
            ? await connection.ExecuteScalarAsync<int>(Command("open.read_version", transaction, cancellationToken)).ConfigureAwait(false)
            : 0;

    private async ValueTask<int> CreateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        NpgsqlTransaction transaction =
            await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            // Durable like all that others build on: with asynchronous commits a crash took the tables from under open pools.
            await connection.ExecuteAsync(Command("transaction.settings", transaction, cancellationToken)).ConfigureAwait(false);

            // One creator at a time; the second looks again, in a later statement, and finds the first one's tables.
            await connection.ExecuteAsync(Command(
                "open.lock_creation", transaction, cancellationToken, new { name = names.Qualified("schema") })).ConfigureAwait(false);
            int version = await ReadVersionAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
            if (version != 0)
                return version;

            await CreateAsync(connection, transaction, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return Version;
        }
    }

    private async ValueTask CreateAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        if (!await connection.ExecuteScalarAsync<bool>(Command(
            "open.has_namespace", transaction, cancellationToken, new { @namespace = names.Namespace })).ConfigureAwait(false))
        {
            await connection.ExecuteAsync(new CommandDefinition(
                $"CREATE SCHEMA \"{names.Namespace}\"", transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
        }

        await connection.ExecuteAsync(new CommandDefinition(
            names.Apply(EmbeddedSql.Read("schema.sql")), transaction: transaction, cancellationToken: cancellationToken)).ConfigureAwait(false);
    }

    private CommandDefinition Command(string statement, NpgsqlTransaction? transaction, CancellationToken cancellationToken, object? parameters = null) =>
        new(pool.Statements[statement], parameters, transaction, cancellationToken: cancellationToken);
}
