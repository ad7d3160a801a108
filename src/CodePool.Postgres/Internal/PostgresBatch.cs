using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>
/// Statements sent in one round trip. The server runs them one after the other, each with a snapshot of its own,
/// so "lock first, read later" holds within one batch.
/// </summary>
internal sealed class PostgresBatch(
    NpgsqlConnection connection, NpgsqlTransaction? transaction, PostgresStatements statements, short pool, bool prepares) : IAsyncDisposable
{
    private readonly NpgsqlBatch _batch = new(connection, transaction);
    private bool _prepares = prepares;

    public PostgresBatch Add(string statement, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        PostgresStatement prepared = statements.Get(statement);
        var command = new NpgsqlBatchCommand(prepared.Text);
        foreach (string name in prepared.Parameters)
            command.Parameters.Add(name == "pool" ? Sql.Value(name, pool) : Find(statement, name, parameters));
        foreach (NpgsqlParameter parameter in command.Parameters)
            parameter.ParameterName = "";
        _batch.BatchCommands.Add(command);
        return this;
    }

    private static NpgsqlParameter Find(string statement, string name, ReadOnlySpan<NpgsqlParameter> parameters)
    {
        foreach (NpgsqlParameter parameter in parameters)
        {
            if (parameter.ParameterName == name)
                return parameter;
        }

        throw new InvalidOperationException($"{statement}: nothing was given for @{name}.");
    }

    /// <summary>How many rows the last statement changed.</summary>
    public int LastChanged => _batch.BatchCommands[^1].RecordsAffected;

    /// <summary>How many rows the statement at that place changed.</summary>
    public int Changed(Index place) => _batch.BatchCommands[place].RecordsAffected;

    public async Task<NpgsqlDataReader> ReadAsync(CancellationToken cancellationToken)
    {
        // Once a connection; after that the driver knows the statements by their text.
        if (_prepares)
            await _batch.PrepareAsync(cancellationToken).ConfigureAwait(false);
        return await _batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>For recovery and audits, which count the whole table.</summary>
    public PostgresBatch WithoutTimeout()
    {
        _batch.Timeout = 0;

        // Preparing waits for locks as well, no longer than the connection's own timeout.
        _prepares = false;
        return this;
    }

    public async ValueTask ExecuteAsync(CancellationToken cancellationToken)
    {
        if (_prepares)
            await _batch.PrepareAsync(cancellationToken).ConfigureAwait(false);
        await _batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _batch.DisposeAsync();
}
