using Npgsql;

namespace CodePool.Postgres.Tests.Support;

/// <summary>A role that the server gives so many connections and no more, with the rights of an application.</summary>
internal sealed class LimitedRole : IAsyncDisposable
{
    private readonly PostgresHarness _harness;
    private readonly string _name = $"limited_{Guid.NewGuid():N}";

    private LimitedRole(PostgresHarness harness) => _harness = harness;

    public string ConnectionString => new NpgsqlConnectionStringBuilder(_harness.DataSource.ConnectionString)
    {
        Username = _name,
        Password = "secret",
        NoResetOnClose = true,
    }.ConnectionString;

    public static async Task<LimitedRole> CreateAsync(PostgresHarness harness, int connections)
    {
        var role = new LimitedRole(harness);
        string schema = harness.Options.Schema;
        await harness.ExecuteAsync(
            $"CREATE ROLE {role._name} LOGIN PASSWORD 'secret'; GRANT USAGE ON SCHEMA {schema} TO {role._name}; GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO {role._name}");
        await role.AllowAsync(connections);
        return role;
    }

    public Task AllowAsync(int connections) => _harness.ExecuteAsync($"ALTER ROLE {_name} CONNECTION LIMIT {connections}");

    /// <summary>Whether it has no connection left.</summary>
    public bool IsRefused()
    {
        using var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false");
        return Assert.Throws<PostgresException>(connection.Open).SqlState == PostgresErrorCodes.TooManyConnections;
    }

    /// <summary>Takes its only connection, as soon as the one before has ended in the server.</summary>
    public async Task<NpgsqlConnection> OpenOnlyAsync()
    {
        while (true)
        {
            var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false");
            try
            {
                await connection.OpenAsync();
                return connection;
            }
            catch (PostgresException refusal) when (refusal.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                await connection.DisposeAsync();
                await Task.Delay(5);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (await _harness.QueryAsync<int>("SELECT count(*)::integer FROM pg_stat_activity WHERE usename = @_name", new { _name }) > 0)
            await Task.Delay(5);
        await _harness.ExecuteAsync($"DROP OWNED BY {_name}; DROP ROLE {_name}");
    }
}
