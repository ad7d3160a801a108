using CodePool.ContractTests;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>kill -9 of a process in the middle of a fill over two connections: what was committed stays, nothing else, and the next filler goes on.</summary>
public sealed class KilledFillTests : IAsyncLifetime
{
    private const int Batch = 20_000;

    private readonly PostgresHarness _harness = new();
    private readonly string _file = Path.GetTempFileName();
    private CodeStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _harness.CreateDatabaseAsync(Token);
        _store = _harness.CreateStore("killed");
        await _store.OpenAsync(new PoolDefinition("killed", "worker", CodeConsistency.Journaled), Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _harness.DisposeAsync();
        File.Delete(_file);
    }

    [Fact]
    public async Task While_both_halves_are_written()
    {
        using Worker worker = await StartAsync();
        await worker.FreezeWithTwoHalvesAsync();
        await KillAsync(worker);
        await AssertGoesOnAsync();
    }

    [Fact]
    public async Task While_the_second_half_waits_for_the_first()
    {
        using Worker worker = await StartAsync();
        await worker.FreezeWaitingAsync();
        await KillAsync(worker);
        await AssertGoesOnAsync();
    }

    /// <summary>A first half whose COMMIT was on its way stays, and hides the fault: then once more.</summary>
    [Fact]
    public async Task A_second_half_that_commits_its_rows_before_it_waits_is_found()
    {
        IReadOnlyList<string> findings = [];
        for (int attempt = 0; attempt < 5 && findings.Count == 0; attempt++)
        {
            using Worker worker = await StartAsync("alone");
            await worker.FreezeWaitingAsync();
            await worker.KillAsync();
            await worker.EndedAsync();
            findings = (await _store.AuditAsync(Token)).Findings;
        }

        Assert.NotEmpty(findings);
    }

    [Fact]
    public async Task Between_the_commits_of_the_halves()
    {
        using Worker worker = await StartAsync();
        await worker.FreezeWaitingAsync();
        long before = await FilledToAsync();

        // Gets the table when the first half has committed, and the second half, which reads it before it commits, waits behind.
        await using NpgsqlConnection connection = await _harness.Others.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(Token);
        Task locking = connection.ExecuteAsync($"LOCK TABLE {_harness.Name("pools")} IN ACCESS EXCLUSIVE MODE");
        await _harness.WaitForLockAsync(connection.ProcessID);
        worker.Continue();
        await locking;
        await _harness.WaitUntilBlockedAsync(connection.ProcessID, worker.Name);
        Assert.Equal(before + (Batch / 2), await FilledToAsync());

        await worker.KillAsync();
        await transaction.RollbackAsync(Token);
        await worker.EndedAsync();
        Assert.Equal(before + (Batch / 2), await FilledToAsync());
        await AssertGoesOnAsync();
    }

    private Task<Worker> StartAsync(string? weaken = null) => Worker.StartAsync(_harness, CodeConsistency.Journaled, _file, Batch, weaken);

    /// <summary>Kills a frozen one: nothing of what it was in the middle of comes to stay, or the first half whole, whose COMMIT may have been on its way.</summary>
    private async Task KillAsync(Worker worker)
    {
        long before = await FilledToAsync();
        await worker.KillAsync();
        await worker.EndedAsync();
        Assert.Contains(await FilledToAsync(), new[] { before, before + (Batch / 2) });
    }

    private async Task AssertGoesOnAsync()
    {
        await _store.AssertExactAsync();
        FillResult next = await _store.FillAsync(new FillRequest(long.MaxValue, Batch, count => TestCodes.Range(1, count)), Token);
        Assert.Equal(Batch, next.Stored);
        await _store.AssertExactAsync();
    }

    private Task<long> FilledToAsync() => _harness.QueryAsync<long>($"SELECT filled_to FROM {_harness.Name("fills")}");
}
