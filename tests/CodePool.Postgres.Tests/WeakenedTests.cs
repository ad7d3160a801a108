using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;

namespace CodePool.Postgres.Tests;

/// <summary>Protections taken out one at a time: the fault they stand against must show.</summary>
public sealed class WeakenedTests : IAsyncLifetime
{
    private static readonly PoolDefinition Pool = new("weak", "format", CodeConsistency.Confirmed);

    private readonly PostgresHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _harness.CreateDatabaseAsync(Token);

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public async Task A_code_is_confirmed_once_because_its_status_is_asked(bool weakened, int expected)
    {
        await using CodeStore store = await OpenAsync(weakened
            ? (_, sql) => sql.Replace("c.status = 0", "true", StringComparison.Ordinal)
            : null);
        await store.FillAsync(1);
        Epoch epoch = await store.OpenProcessAsync();
        Lease lease = await store.LeaseAsync(epoch, 1);
        int handedOut = 0;
        for (int claim = 0; claim < 2; claim++)
            handedOut += (await store.ConfirmAsync(epoch, lease.All())).Count;
        Assert.Equal(expected, handedOut);
    }

    [Fact]
    public async Task Of_claims_that_wait_for_one_row_one_wins()
    {
        await using CodeStore store = await OpenAsync(null);
        await store.FillAsync(50);
        Epoch epoch = await store.OpenProcessAsync();
        for (int round = 0; round < 50; round++)
        {
            Lease lease = await store.LeaseAsync(epoch, 1);
            IReadOnlyList<int>[] claims = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => store.ConfirmAsync(epoch, lease.All())));
            Assert.Equal(1, claims.Sum(claim => claim.Count));
        }
    }

    private async Task<CodeStore> OpenAsync(Func<string, string, string>? weaken)
    {
        var store = new PostgresCodeStore(Pool.Name, _harness.DataSource, false, _harness.Options, TimeProvider.System, weaken);
        await store.OpenAsync(Pool, Token);
        return store;
    }
}
