using Dapper;
using Npgsql;

namespace CodePool.Postgres.Tests.Support;

/// <summary>A code that somebody has inserted and not committed: whoever inserts it as well waits.</summary>
internal sealed class Obstacle : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private Obstacle(NpgsqlConnection connection, NpgsqlTransaction transaction) => (_connection, _transaction) = (connection, transaction);

    public int ProcessId => _connection.ProcessID;

    public static async Task<Obstacle> PutAsync(PostgresHarness harness, string code)
    {
        NpgsqlConnection connection = await harness.Others.OpenConnectionAsync();
        var obstacle = new Obstacle(connection, await connection.BeginTransactionAsync());
        await connection.ExecuteAsync(
            $"INSERT INTO {harness.Name("codes")} (id, created_at, pool, code) SELECT -1, now(), id, @code FROM {harness.Name("pools")}", new { code });
        return obstacle;
    }

    public Task RemoveAsync() => _transaction.RollbackAsync();

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
