using CodePool.ContractTests;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Tests.Support;

/// <summary>A fill that a test plays by hand: it has the fill row, and ends as the test likes.</summary>
internal sealed class FirstHalf : IAsyncDisposable
{
    private readonly PostgresHarness _harness;
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;

    private FirstHalf(PostgresHarness harness, NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        (_harness, _connection, _transaction) = (harness, connection, transaction);

    public int ProcessId => _connection.ProcessID;

    public static async Task<FirstHalf> BeginAsync(PostgresHarness harness)
    {
        NpgsqlConnection connection = await harness.Others.OpenConnectionAsync();
        var half = new FirstHalf(harness, connection, await connection.BeginTransactionAsync());
        await connection.ExecuteAsync($"SELECT FROM {harness.Name("fills")} FOR UPDATE");
        return half;
    }

    /// <summary>Stores codes 1 and up (or <paramref name="last"/> in the place of the last one) and raises <c>filled_to</c>.</summary>
    public async Task StoreAsync(int count, string? last = null, int from = 1)
    {
        string[] codes = [.. TestCodes.Range(from, count)];
        codes[^1] = last ?? codes[^1];
        await _connection.ExecuteAsync(
            $"""
            INSERT INTO {_harness.Name("codes")} (id, created_at, pool, code)
            SELECT u.id + @from - 1, now(), p.id, u.code FROM {_harness.Name("pools")} p, unnest(@codes) WITH ORDINALITY AS u (code, id);
            UPDATE {_harness.Name("fills")} SET filled_to = @from - 1 + @count
            """,
            new { from, count, codes });
    }

    public Task CommitAsync() => _transaction.CommitAsync();

    public Task RollbackAsync() => _transaction.RollbackAsync();

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
