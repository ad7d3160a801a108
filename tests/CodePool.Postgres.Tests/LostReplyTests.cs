using CodePool.ContractTests;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>An attempt whose connection died on this side may still be running on the server when the next one begins.</summary>
public sealed class LostReplyTests : StoreSuite<PostgresHarness>
{
    [Fact]
    public async Task A_repeated_confirm_finds_what_its_first_attempt_commits_meanwhile()
    {
        (CodeStore store, Epoch epoch, Lease lease) = await LeaseConfirmedAsync();
        var operation = Guid.NewGuid();
        await using NpgsqlConnection first = await Harness.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction attempt = await UseAsync(first, operation);

        Task<IReadOnlyList<int>> second = store.ConfirmAsync(epoch, lease.Take(2), operation);
        await WaitUntilBlockedAsync(second, first.ProcessID);
        await attempt.CommitAsync(Token);

        Assert.Equal([0, 1], await second);
    }

    [Fact]
    public async Task A_confirm_never_gets_what_another_operation_commits_meanwhile()
    {
        (CodeStore store, Epoch epoch, Lease lease) = await LeaseConfirmedAsync();
        await using NpgsqlConnection first = await Harness.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction attempt = await UseAsync(first, Guid.NewGuid());

        Task<IReadOnlyList<int>> second = store.ConfirmAsync(epoch, lease.Take(2));
        await WaitUntilBlockedAsync(second, first.ProcessID);
        await attempt.CommitAsync(Token);

        Assert.Equal([1], await second);
    }

    /// <summary>Nine codes are Used, and the caller hears of none: that is why it counts a refused group as undelivered (<c>TelemetryTests</c>).</summary>
    [Fact]
    public async Task A_confirm_that_a_recovery_overtakes_is_refused()
    {
        (CodeStore store, Epoch epoch, Lease lease) = await LeaseConfirmedAsync();
        await using NpgsqlConnection first = await Harness.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction other = await UseAsync(first, Guid.NewGuid());
        var operation = Guid.NewGuid();

        // The run waits for its first code, and gets the others.
        Task<IReadOnlyList<int>> confirming = store.ConfirmAsync(epoch, lease.All(), operation);
        await WaitUntilBlockedAsync(confirming, first.ProcessID);
        await Harness.ExecuteAsync($"UPDATE {Harness.Name("pools")} SET recovering = true");
        await other.CommitAsync(Token);

        await Assert.ThrowsAsync<StoreRewoundException>(() => confirming);
        Assert.Equal(9, await Harness.QueryAsync<long>($"SELECT count(*) FROM {Harness.Name("codes")} WHERE operation = @operation", new { operation }));
    }

    [Fact]
    public async Task A_recovery_that_another_process_ended_meanwhile_replaces_nothing()
    {
        await Store.FillAsync(5);
        Epoch epoch = await Store.OpenProcessAsync();
        await using NpgsqlConnection other = await Harness.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction ending = await other.BeginTransactionAsync(Token);
        await other.ExecuteAsync($"SELECT FROM {Harness.Name("fills")} FOR UPDATE");

        // Its first transaction has committed: the flag is set, and it waits for the other recovery's fill lock.
        Task<RecoveryResult> waiting = Store.RecoverAsync(epoch.Number);
        await WaitUntilBlockedAsync(waiting, other.ProcessID);
        await other.ExecuteAsync($"UPDATE {Harness.Name("pools")} SET recovering = false");
        await ending.CommitAsync(Token);

        // Without the flag anybody may open an epoch and lease beside it.
        Assert.False((await waiting).Performed);
    }

    private async Task<(CodeStore Store, Epoch Epoch, Lease Lease)> LeaseConfirmedAsync()
    {
        CodeStore store = await OpenConfirmedAsync();
        await store.FillAsync(12);
        Epoch epoch = await store.OpenProcessAsync();
        return (store, epoch, await store.LeaseAsync(epoch, 10));
    }

    /// <summary>The first code, claimed by an operation whose commit is still to come.</summary>
    private async Task<NpgsqlTransaction> UseAsync(NpgsqlConnection connection, Guid operation)
    {
        NpgsqlTransaction transaction = await connection.BeginTransactionAsync(Token);
        await connection.ExecuteAsync($"UPDATE {Harness.Name("codes")} SET status = 1, operation = @operation WHERE id = 1", new { operation });
        return transaction;
    }

    /// <summary>Polls the server's own word for it; a step that ends without waiting fails the test.</summary>
    private async Task WaitUntilBlockedAsync(Task step, int blocker)
    {
        const string Blocked = "SELECT count(*) FROM pg_stat_activity WHERE @blocker = ANY (pg_blocking_pids(pid))";
        while (await Harness.QueryAsync<long>(Blocked, new { blocker }) == 0)
            Assert.False(step.IsCompleted, "It waits for nobody.");
    }
}
