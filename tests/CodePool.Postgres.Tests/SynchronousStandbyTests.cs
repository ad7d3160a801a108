using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>A synchronous standby that does not answer: what waits for it and is cancelled is committed here, and only here.</summary>
public sealed class SynchronousStandbyTests : IAsyncLifetime
{
    private static readonly PoolDefinition Pool = new("synchronous", "format", CodeConsistency.Confirmed);

    private PostgresInstance _server = null!;
    private DeafStandby _standby = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresInstance.StartNewAsync();
        _standby = new DeafStandby(_server);
    }

    public async ValueTask DisposeAsync()
    {
        await _standby.DisposeAsync();
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

        await _standby.RequireAsync();
        Task<int> asked = StepAsync(tried);
        int cancelled = await _standby.CancelUntilEndedAsync(asked);
        if (weakened)
        {
            Assert.Equal(5, await asked);
            await _standby.WaiveAsync();
            return;
        }

        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => asked);
        Assert.True(cancelled > 1, "It was not repeated.");

        // The standby is back: the same operation finds what it did, once.
        await _standby.WaiveAsync();
        Assert.Equal(5, await StepAsync(tried));
        Assert.True((await store.AuditAsync(Token)).IsExact);
        Assert.Equal(step == "lease" ? 5 : 10, (await store.GetLevelsAsync(Token)).Available);
    }

    private static async Task<int> LeasedAsync(CodeStore store, Epoch epoch, Guid operation) =>
        (await store.TryLeaseAsync(epoch, 5, operation)).Leases.Sum(lease => lease.Codes.Count);

    private static async Task<int> ConfirmedAsync(CodeStore store, Epoch epoch, Lease lease, Guid operation) =>
        (await store.ConfirmAsync(epoch, operation, lease.Take(5), Token)).Count;

    private async Task<CodeStore> OpenAsync(Func<string, string, string>? weaken)
    {
        var store = new PostgresCodeStore(
            Pool.Name, NpgsqlDataSource.Create(_server.ConnectionString), ownsDataSource: true, new PostgresCodePoolOptions(), TimeProvider.System, weaken);
        await store.OpenAsync(Pool, Token);
        return store;
    }
}
