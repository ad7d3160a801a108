using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;

namespace CodePool.Postgres.Tests;

/// <summary>A run of codes must not be marked or confirmed on less evidence than single ones: each part of it is taken out, and the fault must show.</summary>
public sealed class WeakenedRunTests : IAsyncLifetime
{
    private const string OtherLease = "numbers of another lease";
    private const string OtherEpoch = "a lease of another epoch";
    private const string Settled = "a lease that is settled";
    private const string OtherCodes = "other codes at the numbers";
    private const string Used = "codes that are Used";
    private const string Recovering = "a pool that is recovering";
    private const string WentBack = "a database that went back in time";

    private readonly PostgresHarness _harness = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _harness.CreateDatabaseAsync(Token);

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Theory]
    [InlineData(OtherLease, "u.first >= l.first AND u.last <= l.last", "true")]
    [InlineData(OtherEpoch, "l.token = @token", "@token = @token")]
    [InlineData(Settled, "l.state = 0", "true")]
    [InlineData(OtherCodes, "convert_to(c.code, 'UTF8') = substring", "true OR convert_to(c.code, 'UTF8') = substring")]
    [InlineData(Used, "c.status = 0", "true")]
    public async Task A_run_is_marked_on_the_evidence_of_each_code(string what, string protection, string without)
    {
        Assert.Equal((0, true), await MarkAsync(what, null));
        Assert.NotEqual((0, true), await MarkAsync(what, Weaken("mark.runs", protection, without)));
    }

    [Theory]
    [InlineData(OtherLease, "u.first >= l.first AND u.last <= l.last", "true")]
    [InlineData(OtherEpoch, "l.token = @token", "@token = @token")]
    [InlineData(Settled, "l.state = 0", "true")]
    [InlineData(OtherCodes, "convert_to(c.code, 'UTF8') = substring", "true OR convert_to(c.code, 'UTF8') = substring")]
    [InlineData(Used, "c.status = 0", "true")]
    [InlineData(Recovering, "NOT recovering", "true")]
    [InlineData(WentBack, "identity = codepool.database_identity()", "true")]
    public async Task A_run_is_confirmed_on_the_evidence_of_each_code(string what, string protection, string without)
    {
        Assert.Equal(0, await ConfirmAsync(what, null));
        Assert.Equal(10, await ConfirmAsync(what, Weaken("confirm.runs", protection, without)));
    }

    /// <summary>A run that was not confirmed wholly says nothing of any of its codes.</summary>
    [Fact]
    public async Task Of_a_run_with_a_used_code_the_others_are_confirmed()
    {
        (CodeStore store, Epoch epoch, LeasedCode[] run) = await ArrangeAsync("", CodeConsistency.Confirmed, null);
        await using CodeStore own = store;
        await store.ConfirmAsync(epoch, [run[3]]);
        var operation = Guid.NewGuid();
        Assert.Equal([0, 1, 2, 4, 5, 6, 7, 8, 9], await store.ConfirmAsync(epoch, run, operation));
        Assert.Equal([0, 1, 2, 4, 5, 6, 7, 8, 9], await store.ConfirmAsync(epoch, run, operation));
        Assert.Empty(await store.ConfirmAsync(epoch, run));
    }

    /// <summary>As many rows as codes are all of them only because no row is changed twice.</summary>
    [Fact]
    public async Task A_run_that_is_there_twice_is_confirmed_once()
    {
        (CodeStore store, Epoch epoch, LeasedCode[] run) = await ArrangeAsync("", CodeConsistency.Confirmed, null);
        await using CodeStore own = store;
        Assert.Equal(Enumerable.Range(0, 10), await store.ConfirmAsync(epoch, [.. run, .. run]));
    }

    /// <returns>How many codes a batch marked for which there is no open place, and whether the books balance.</returns>
    private async Task<(int Marked, bool IsExact)> MarkAsync(string what, Func<string, string, string>? weaken)
    {
        (CodeStore store, Epoch epoch, LeasedCode[] batch) = await ArrangeAsync(what, CodeConsistency.Journaled, weaken);
        await using CodeStore own = store;
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

    /// <returns>How many codes a group was given that nobody may have.</returns>
    private async Task<int> ConfirmAsync(string what, Func<string, string, string>? weaken)
    {
        // What is left of a settled lease in a Confirmed epoch returns, and nothing of it lies in a lease that could be confirmed.
        CodeConsistency consistency = what == Settled ? CodeConsistency.Journaled : CodeConsistency.Confirmed;
        (CodeStore store, Epoch epoch, LeasedCode[] group) = await ArrangeAsync(what, consistency, weaken);
        await using CodeStore own = store;
        try
        {
            return (await store.ConfirmAsync(epoch, group)).Count;
        }
        catch (StoreRewoundException)
        {
            return 0;
        }
    }

    /// <returns>An epoch, and ten codes that it may not hand out for that reason.</returns>
    private async Task<(CodeStore Store, Epoch Epoch, LeasedCode[] Codes)> ArrangeAsync(
        string what, CodeConsistency consistency, Func<string, string, string>? weaken)
    {
        var pool = new PoolDefinition($"runs-{Guid.NewGuid():N}", "format", consistency);
        var store = new PostgresCodeStore(pool.Name, _harness.DataSource, false, _harness.Options, TimeProvider.System, weaken);
        await store.OpenAsync(pool, Token);
        await store.FillAsync(40);
        Epoch epoch = await store.OpenProcessAsync();
        Lease own = await store.LeaseAsync(epoch, 10), next = await store.LeaseAsync(epoch, 10);
        Epoch other = await store.OpenProcessAsync();
        Lease others = await store.LeaseAsync(other, 10);
        switch (what)
        {
            case Used:
                await store.MarkAsync(epoch, own.All());
                break;
            case Settled:
                await store.CloseAsync(epoch);
                await store.SettleClosedAsync(epoch);
                break;
            case Recovering:
                await _harness.ExecuteAsync($"UPDATE {_harness.Name("pools")} SET recovering = true WHERE name = @Name", new { pool.Name });
                break;
            case WentBack:
                await _harness.ChangeIdentityAsync(pool.Name, Token);
                break;
        }

        return (store, epoch, what switch
        {
            OtherLease => [.. next.All().Select(code => code with { Lease = own.Number })],
            OtherEpoch => [.. others.All()],
            OtherCodes => [.. own.All().Zip(next.All(), (code, another) => code with { Code = another.Code })],
            _ => [.. own.All()],
        });
    }

    private static Func<string, string, string> Weaken(string statement, string protection, string without) =>
        (name, sql) => name == statement ? sql.Replace(protection, without, StringComparison.Ordinal) : sql;
}
