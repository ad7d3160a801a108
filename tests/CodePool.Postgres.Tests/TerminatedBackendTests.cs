using CodePool.ContractTests;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>pg_terminate_backend while a step waits in the middle of its transaction.</summary>
public sealed class TerminatedBackendTests : IAsyncLifetime
{
    private const string PoolName = "terminated";

    private readonly PostgresHarness _harness = new();
    private CodeStore _store = null!;
    private Epoch _epoch = null!;
    private Lease _lease = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _harness.CreateDatabaseAsync(Token);
        _store = _harness.CreateStore(PoolName);
        await _store.OpenAsync(new PoolDefinition(PoolName, "format", CodeConsistency.Journaled), Token);
        await _store.FillAsync(20);
        _epoch = await _store.OpenProcessAsync();
        _lease = await _store.LeaseAsync(_epoch, 10);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _harness.DisposeAsync();
    }

    [Fact]
    public async Task A_lease_is_repeated_and_leases_once()
    {
        var operation = Guid.NewGuid();
        LeaseResult result = await InterruptAsync("pools", () => _store.TryLeaseAsync(_epoch, 5, operation));
        result.Leases.AssertNumbersFrom(11, 5);
        await _store.AssertLevelsAsync(available: 5, leased: 15);
    }

    [Fact]
    public async Task A_confirm_is_repeated_and_hands_out_once()
    {
        IReadOnlyList<int> confirmed = await InterruptAsync("leases", () => _store.ConfirmAsync(_epoch, _lease.Take(3)));
        Assert.Equal([0, 1, 2], confirmed);
        await _store.AssertLevelsAsync(available: 10, leased: 7, used: 3);
    }

    [Fact]
    public async Task A_mark_is_repeated()
    {
        Assert.Equal(4, (await InterruptAsync("leases", () => _store.MarkAsync(_epoch, _lease.Take(4)))).Marked);
        await _store.AssertLevelsAsync(available: 10, leased: 6, used: 4);
    }

    [Fact]
    public async Task A_settle_is_repeated_and_returns_once()
    {
        Assert.Equal(5, (await InterruptAsync("leases", () => _store.SettleAsync(_epoch, _lease, unseenFrom: 6))).Returned);
        await _store.AssertLevelsAsync(available: 15, unconfirmed: 5);
    }

    [Fact]
    public async Task A_recovery_is_repeated()
    {
        Assert.True((await InterruptAsync("pools", () => _store.RecoverAsync(_epoch.Number))).Performed);
        await _store.AssertLevelsAsync(unconfirmed: 20);
    }

    [Fact]
    public async Task Codes_are_adopted_once()
    {
        Assert.Equal(1, await InterruptAsync("fills", () => _store.AdoptAsync("LOST")));
        Assert.Equal(CodeState.Used, await _store.StateAsync("LOST"));
        await _store.AssertExactAsync();
    }

    [Fact]
    public async Task A_fill_leaves_nothing_half_done()
    {
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => InterruptAsync("fills", () => _store.FillAsync("A", "B")));
        await _store.AssertLevelsAsync(available: 10, leased: 10);
        await _store.FillAsync("A", "B");
        await _store.AssertLevelsAsync(available: 12, leased: 10);
    }

    [Fact]
    public async Task An_epoch_is_not_opened_twice()
    {
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => InterruptAsync("pools", () => _store.OpenProcessAsync()));
        Assert.Single(await _store.GetEpochsAsync(Token));
    }

    [Fact]
    public async Task An_epoch_is_closed_or_not()
    {
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => InterruptAsync("epochs", () => _store.CloseAsync(_epoch)));
        Assert.True(await _store.CloseAsync(_epoch));
    }

    /// <summary>Holds a lock that the step needs, ends the step's backend while it waits there, then lets go.</summary>
    private async Task<T> InterruptAsync<T>(string table, Func<Task<T>> step)
    {
        await using NpgsqlDataSource others = NpgsqlDataSource.Create(await PostgresServer.ConnectionStringAsync());
        await using NpgsqlConnection blocker = await others.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await blocker.BeginTransactionAsync(Token);
        await ExecuteAsync(blocker, $"SELECT FROM {_harness.Name(table)} FOR UPDATE");

        Task<T> interrupted = step();
        const string Terminate = """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE application_name = @name AND wait_event_type = 'Lock'
            """;
        while (await ExecuteAsync(blocker, Terminate) == 0)
            await Task.Delay(10, Token);
        await transaction.RollbackAsync(Token);
        return await interrupted;
    }

    private async Task<long> ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue("name", _harness.ApplicationName);
        return await command.ExecuteScalarAsync(Token) as long? ?? 0;
    }
}
