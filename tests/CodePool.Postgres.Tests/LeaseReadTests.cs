using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>A lease reads its codes in the round trip that locks the pool: each with what protects it, and without.</summary>
public sealed class LeaseReadTests : IAsyncLifetime
{
    private const string PoolName = "reads";

    private readonly PostgresHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _harness.CreateDatabaseAsync(Token);

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Theory]
    [InlineData("what the cursor stands before", false)]
    [InlineData("what the cursor stands before", true)]
    [InlineData("what was returned", false)]
    [InlineData("what was returned", true)]
    public async Task A_code_that_is_Used_is_not_leased_whatever_the_ranges_say(string where, bool weakened)
    {
        await using CodeStore store = await OpenAsync(
            weakened ? (name, sql) => name.StartsWith("lease.", StringComparison.Ordinal) ? sql.Replace("x.status = 0", "true", StringComparison.Ordinal) : sql : null);
        await store.FillAsync(10);
        await _harness.ExecuteAsync($"UPDATE {_harness.Name("codes")} SET status = 1 WHERE id = 3");
        if (where == "what was returned")
        {
            await _harness.ExecuteAsync(
                $"UPDATE {_harness.Name("pools")} SET leased_to = 10; INSERT INTO {_harness.Name("returned")} SELECT id, 1, 10 FROM {_harness.Name("pools")}");
        }

        Epoch epoch = await store.OpenProcessAsync();
        if (weakened)
        {
            Assert.Equal(5, (await store.LeaseAsync(epoch, 5)).Codes.Count);
            return;
        }

        await Assert.ThrowsAsync<CodePoolConfigurationException>(async () => await store.LeaseAsync(epoch, 5));
        Assert.Equal(0, await _harness.QueryAsync<long>($"SELECT count(*) FROM {_harness.Name("leases")}"));
        Assert.Equal(10, (await store.GetLevelsAsync(Token)).Available);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_has_waited_for_the_pool_reads_what_the_other_left(bool weakened)
    {
        await using CodeStore store = await OpenAsync(
            weakened ? (name, sql) => name == "lease.lock_pool" ? sql.Replace("FOR UPDATE", "FOR KEY SHARE", StringComparison.Ordinal) : sql : null);
        await store.FillAsync(10);
        Epoch epoch = await store.OpenProcessAsync();

        // Both stand in line, in their locks or, without them, in the update that comes after the read.
        await using NpgsqlConnection holder = await _harness.Others.OpenConnectionAsync(Token);
        await using NpgsqlTransaction hold = await holder.BeginTransactionAsync(Token);
        await holder.ExecuteAsync($"SELECT FROM {_harness.Name("pools")} FOR NO KEY UPDATE");
        Task<Lease>[] leases = [store.LeaseAsync(epoch, 5), store.LeaseAsync(epoch, 5)];
        while (await WaitingAsync() < 2)
            await Task.Delay(5, Token);
        await hold.RollbackAsync(Token);

        if (weakened)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => Task.WhenAll(leases));
            return;
        }

        Assert.Equal([1, 6], (await Task.WhenAll(leases)).Select(lease => lease.First).Order());
        foreach (Lease lease in await Task.WhenAll(leases))
            Assert.Equal(TestCodes.Range((int)lease.First, 5), lease.Codes);
    }

    private async Task<int> WaitingAsync() => await _harness.QueryAsync<int>(
        "SELECT count(*)::integer FROM pg_stat_activity WHERE application_name = @name AND cardinality(pg_blocking_pids(pid)) > 0",
        new { name = _harness.ApplicationName });

    private async Task<CodeStore> OpenAsync(Func<string, string, string>? weaken)
    {
        var store = new PostgresCodeStore(PoolName, _harness.DataSource, false, _harness.Options, TimeProvider.System, weaken);
        await store.OpenAsync(new PoolDefinition(PoolName, "format", CodeConsistency.Journaled), Token);
        return store;
    }
}
