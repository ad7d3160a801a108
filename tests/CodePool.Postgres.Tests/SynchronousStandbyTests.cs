using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>A synchronous standby that does not answer: what waits for it and is cancelled is committed here, and only here.</summary>
public sealed class SynchronousStandbyTests : IAsyncLifetime
{
    private static readonly PoolDefinition Pool = new("synchronous", "format", CodeConsistency.Confirmed);

    private PostgresInstance _server = null!;
    private NpgsqlDataSource _operator = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresInstance.StartNewAsync();
        _operator = NpgsqlDataSource.Create(_server.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _operator.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("lease", false)]
    [InlineData("lease", true)]
    [InlineData("confirm", false)]
    [InlineData("confirm", true)]
    public async Task A_commit_that_stopped_waiting_for_the_standby_is_not_acknowledged(string step, bool weakened)
    {
        await using CodeStore store = await OpenAsync(null);
        await store.FillAsync(20);
        Epoch epoch = await store.OpenProcessAsync();
        Lease lease = await store.LeaseAsync(epoch, 10);
        var operation = Guid.NewGuid();
        await using CodeStore tried = await OpenAsync(
            weakened ? (_, sql) => sql.Replace("'client_min_messages', 'warning'", "'client_min_messages', 'error'", StringComparison.Ordinal) : null);
        Task<int> StepAsync(CodeStore with) => step == "lease" ? LeasedAsync(with, epoch, operation) : ConfirmedAsync(with, epoch, lease, operation);

        await SetStandbyAsync("nobody");
        Task<int> asked = StepAsync(tried);
        int cancelled = await CancelUntilEndedAsync(asked);
        if (weakened)
        {
            Assert.Equal(5, await asked);
            await SetStandbyAsync("");
            return;
        }

        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => asked);
        Assert.True(cancelled > 1, "It was not repeated.");

        // The standby is back: the same operation finds what it did, once.
        await SetStandbyAsync("");
        Assert.Equal(5, await StepAsync(tried));
        Assert.True((await store.AuditAsync(Token)).IsExact);
        Assert.Equal(step == "lease" ? 5 : 10, (await store.GetLevelsAsync(Token)).Available);
    }

    private static async Task<int> LeasedAsync(CodeStore store, Epoch epoch, Guid operation) =>
        (await store.TryLeaseAsync(epoch, 5, operation)).Leases.Sum(lease => lease.Codes.Count);

    private static async Task<int> ConfirmedAsync(CodeStore store, Epoch epoch, Lease lease, Guid operation) =>
        (await store.ConfirmAsync(epoch, operation, lease.Take(5), Token)).Count;

    /// <returns>How often a commit that waited was cancelled.</returns>
    private async Task<int> CancelUntilEndedAsync(Task step)
    {
        int cancelled = 0;
        await using NpgsqlConnection connection = await _operator.OpenConnectionAsync(Token);
        for (; !step.IsCompleted; await Task.Delay(5, Token))
        {
            cancelled += await connection.QuerySingleAsync<int>(
                "SELECT count(pg_cancel_backend(pid))::integer FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
        }

        return cancelled;
    }

    private async Task SetStandbyAsync(string name)
    {
        await using NpgsqlConnection connection = await _operator.OpenConnectionAsync(Token);
        await connection.ExecuteAsync($"ALTER SYSTEM SET synchronous_standby_names = '{name}'");
        await connection.ExecuteAsync("SELECT pg_reload_conf()");

        // The checkpointer tells the backends that there is somebody to wait for, some time later.
        await using NpgsqlConnection probe = await _operator.OpenConnectionAsync(Token);
        while (name.Length > 0
            && await CancelUntilEndedAsync(probe.ExecuteAsync("SET synchronous_commit = on; COMMENT ON DATABASE postgres IS 'probe'")) == 0)
        {
            // It has not waited.
        }
    }

    private async Task<CodeStore> OpenAsync(Func<string, string, string>? weaken)
    {
        var store = new PostgresCodeStore(
            Pool.Name, NpgsqlDataSource.Create(_server.ConnectionString), ownsDataSource: true, new PostgresCodePoolOptions(), TimeProvider.System, weaken);
        await store.OpenAsync(Pool, Token);
        return store;
    }
}
