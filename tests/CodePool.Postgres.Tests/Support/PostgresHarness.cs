using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Providers;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Tests.Support;

/// <summary>The PostgreSQL store under the store suites: a schema of its own for each test, on the shared server.</summary>
public partial class PostgresHarness : StoreHarness
{
    private static readonly string[] Tables = ["pools", "fills", "codes", "epochs", "leases", "returned", "burned"];

    private NpgsqlDataSource? _dataSource;
    private int _snapshots;

    internal PostgresCodePoolOptions Options { get; } = new() { Schema = $"t_{Guid.NewGuid():N}" };

    internal NpgsqlDataSource DataSource => _dataSource ?? throw new InvalidOperationException("CreateDatabaseAsync comes first.");

    /// <summary>Added to the connection string.</summary>
    protected virtual string Settings => $"Application Name={ApplicationName}";

    /// <summary>Where the server is.</summary>
    protected virtual Task<string> ConnectionStringAsync() => PostgresServer.ConnectionStringAsync();

    public override async ValueTask CreateDatabaseAsync(CancellationToken cancellationToken) =>
        _dataSource = NpgsqlDataSource.Create(
            $"{await ConnectionStringAsync()};{Settings}");

    public override CodeStore CreateStore(string poolName) =>
        new PostgresCodeStore(poolName, DataSource, ownsDataSource: false, Options, Time);

    public override async ValueTask<object> TakeSnapshotAsync(CancellationToken cancellationToken)
    {
        string snapshot = $"{Options.Schema}_{++_snapshots}";
        await ExecuteAsync($"CREATE SCHEMA {snapshot}; {Each(table => $"CREATE TABLE {snapshot}.{table} AS TABLE {Name(table)}")}");
        return snapshot;
    }

    public override async ValueTask RestoreAsync(object snapshot, CancellationToken cancellationToken) => await ExecuteAsync(
        $"TRUNCATE {string.Join(", ", Tables.Select(Name))}; {Each(table => $"INSERT INTO {Name(table)} OVERRIDING SYSTEM VALUE SELECT * FROM {snapshot}.{table}")}");

    public override async ValueTask ChangeIdentityAsync(string poolName, CancellationToken cancellationToken) => await ExecuteAsync(
        $"UPDATE {Name("pools")} SET identity = 'another' WHERE name = @poolName", new { poolName });

    public override async ValueTask DamageAsync(string poolName, StoreDamage damage, long number, CancellationToken cancellationToken) =>
        Assert.NotEqual(0, await ExecuteAsync(
            $"{Describe(damage)} /* @number */", new { poolName, number }));

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_dataSource is null)
            return;

        for (int snapshot = 1; snapshot <= _snapshots; snapshot++)
            await ExecuteAsync($"DROP SCHEMA {Options.Schema}_{snapshot} CASCADE");
        await ExecuteAsync($"DROP SCHEMA IF EXISTS {Options.Schema} CASCADE");
        await _dataSource.DisposeAsync();
        if (_others.IsValueCreated)
            await _others.Value.DisposeAsync();
        await base.DisposeAsync();
    }

    internal async Task<int> ExecuteAsync(string sql, object? parameters = null)
    {
        await using NpgsqlConnection connection = await DataSource.OpenConnectionAsync();
        return await connection.ExecuteAsync(sql, parameters);
    }

    internal async Task<T> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using NpgsqlConnection connection = await DataSource.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    internal string Name(string table) => $"{Options.Schema}.{Options.TablePrefix}{table}";

    private string Describe(StoreDamage damage)
    {
        string pool = $"pool = (SELECT id FROM {Name("pools")} WHERE name = @poolName)";
        return damage switch
        {
            StoreDamage.UseCode => $"UPDATE {Name("codes")} SET status = 1 WHERE {pool} AND id = @number",
            StoreDamage.VoidCode => $"UPDATE {Name("codes")} SET status = 2 WHERE {pool} AND id = @number",
            StoreDamage.ReopenCode => $"UPDATE {Name("codes")} SET status = 0 WHERE {pool} AND id = @number",
            StoreDamage.DeleteCode => $"DELETE FROM {Name("codes")} WHERE {pool} AND id = @number",
            StoreDamage.ReturnCode => $"INSERT INTO {Name("returned")} SELECT id, @number, @number FROM {Name("pools")} WHERE name = @poolName",
            StoreDamage.DeleteLease => $"DELETE FROM {Name("leases")} WHERE {pool} AND @number BETWEEN first AND last",
            StoreDamage.StretchLease => $"UPDATE {Name("leases")} SET last = last + 1 WHERE {pool} AND state = 0 AND @number BETWEEN first AND last",
            StoreDamage.OrphanLease => $"UPDATE {Name("leases")} SET epoch = 999999999 WHERE {pool} AND @number BETWEEN first AND last",
            StoreDamage.RaiseFilledTo => $"UPDATE {Name("fills")} SET filled_to = filled_to + 1 WHERE {pool}",
            StoreDamage.RaiseSettledUsed => $"UPDATE {Name("pools")} SET settled_used = settled_used + 1 WHERE name = @poolName",
            StoreDamage.RaiseSettledUnconfirmed => $"UPDATE {Name("pools")} SET settled_unconfirmed = settled_unconfirmed + 1 WHERE name = @poolName",
            StoreDamage.RaiseSettledVoid => $"UPDATE {Name("pools")} SET settled_void = settled_void + 1 WHERE name = @poolName",
            StoreDamage.LowerLeasedTo => $"UPDATE {Name("pools")} SET leased_to = leased_to - 1 WHERE name = @poolName",
            _ => throw new ArgumentOutOfRangeException(nameof(damage)),
        };
    }

    private static string Each(Func<string, string> statement) => string.Join("; ", Tables.Select(statement));
}
