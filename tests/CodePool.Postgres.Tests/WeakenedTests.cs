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

    /// <summary>A batch of long runs must not be marked on less evidence than single codes.</summary>
    [Theory]
    [InlineData("numbers of another lease", "u.first >= l.first AND u.last <= l.last", "true")]
    [InlineData("a lease of another epoch", "l.token = @token", "@token = @token")]
    [InlineData("a lease that is settled", "l.state = 0", "true")]
    [InlineData("other codes at the numbers", "convert_to(c.code, 'UTF8') = substring", "true OR convert_to(c.code, 'UTF8') = substring")]
    [InlineData("codes that are Used", "c.status = 0", "true")]
    public async Task A_run_is_marked_on_the_evidence_of_each_code(string what, string protection, string without)
    {
        Assert.Equal((0, true), await MarkRunAsync(what, null));
        Assert.NotEqual((0, true), await MarkRunAsync(what, (name, sql) => name == "mark.runs" ? sql.Replace(protection, without, StringComparison.Ordinal) : sql));
    }

    /// <returns>How many codes a batch marked for which there is no open place, and whether the books balance.</returns>
    private async Task<(int Marked, bool IsExact)> MarkRunAsync(string what, Func<string, string, string>? weaken)
    {
        PoolDefinition pool = Pool with { Name = $"runs-{Guid.NewGuid():N}", Consistency = CodeConsistency.Journaled };
        await using CodeStore store = await OpenAsync(weaken, pool);
        await store.FillAsync(40);
        Epoch epoch = await store.OpenProcessAsync();
        Lease own = await store.LeaseAsync(epoch, 10), next = await store.LeaseAsync(epoch, 10);
        Epoch other = await store.OpenProcessAsync();
        Lease others = await store.LeaseAsync(other, 10);
        LeasedCode[] batch = what switch
        {
            "numbers of another lease" => [.. next.All().Select(code => code with { Lease = own.Number })],
            "a lease of another epoch" => [.. others.All()],
            "other codes at the numbers" => [.. own.All().Zip(next.All(), (code, another) => code with { Code = another.Code })],
            _ => [.. own.All()],
        };
        if (what == "codes that are Used")
            await store.MarkAsync(epoch, batch);
        if (what == "a lease that is settled")
        {
            await store.CloseAsync(epoch);
            await store.SettleClosedAsync(epoch);
        }

        int marked;
        try
        {
            MarkResult result = await store.MarkAsync(epoch, batch);
            marked = result.Marked - result.Late;
        }
        catch (StoreRewoundException)
        {
            marked = 0;
        }

        return (marked, (await store.AuditAsync(Token)).IsExact);
    }

    private async Task<CodeStore> OpenAsync(Func<string, string, string>? weaken, PoolDefinition? pool = null)
    {
        pool ??= Pool;
        var store = new PostgresCodeStore(pool.Name, _harness.DataSource, false, _harness.Options, TimeProvider.System, weaken);
        await store.OpenAsync(pool, Token);
        return store;
    }
}
