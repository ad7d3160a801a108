using CodePool.ContractTests;
using CodePool.Providers;
using CodePool.Sqlite.Internal;

namespace CodePool.Sqlite.Tests;

/// <summary>Each test runs twice: with a protection, and with it taken out of its statement, when the fault must show.</summary>
public sealed class WeakenedTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string DatabasePath => _directory.File("codes.db");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_code_is_confirmed_once_because_its_status_is_asked(bool weakened)
    {
        await using CodeStore store = await OpenAsync(CodeConsistency.Confirmed, weakened,
            ("confirmable", "c.status = 0 AND EXISTS", "EXISTS"), ("mark-open", " AND c.status = 0)", ")"));
        await store.FillAsync(1);
        Epoch epoch = await store.OpenProcessAsync();
        Lease lease = await store.LeaseAsync(epoch, 1);

        int handedOut = 0;
        for (int claim = 0; claim < 2; claim++)
            handedOut += (await store.ConfirmAsync(epoch, lease.All())).Count;
        Assert.Equal(weakened ? 2 : 1, handedOut);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_given_back_is_not_confirmed_because_the_lease_must_be_open(bool weakened)
    {
        await using CodeStore store = await OpenAsync(CodeConsistency.Confirmed, weakened,
            ("confirmable", "c.status = 0 AND EXISTS", "c.status = 0 OR EXISTS"),
            ("mark-open", "CROSS JOIN codepool_leases l ON l.pool = @pool AND l.number = j.value ->> 0 AND l.token = @token AND l.state = 0", "CROSS JOIN (SELECT 0 AS first, 9999 AS last) l ON @token IS NOT NULL"));
        await store.FillAsync(1);
        Epoch epoch = await store.OpenProcessAsync();
        Lease lease = await store.LeaseAsync(epoch, 1);
        await store.SettleAsync(epoch, [new LeaseSettlement(lease.Number)], Token);

        // The sum: this code is Available again, and would be Used as well.
        int handedOut = (await store.ConfirmAsync(epoch, lease.All())).Count;
        Assert.Equal(weakened ? 1 : 0, handedOut);
        Assert.Equal(!weakened, (await store.AuditAsync(Token)).IsExact);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_used_code_is_not_leased_whatever_the_ranges_say(bool weakened)
    {
        await using CodeStore store = await OpenAsync(CodeConsistency.Journaled, weakened, ("lease-codes", " AND status = 0", ""));
        await store.FillAsync(3);
        Epoch epoch = await store.OpenProcessAsync();
        Database.Ask(DatabasePath, "UPDATE codepool_codes SET status = 1 WHERE number = 2 RETURNING 1");

        if (weakened)
            Assert.Equal(3, (await store.LeaseAsync(epoch, 3)).Codes.Count);
        else
            await Assert.ThrowsAsync<CodePoolConfigurationException>(() => store.TryLeaseAsync(epoch, 3));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lease_is_settled_once_because_only_an_open_one_is(bool weakened)
    {
        await using CodeStore store = await OpenAsync(CodeConsistency.Journaled, weakened,
            ("settle-lease", " AND l.state = 0", ""), ("lease-delete", " AND state = 0", ""));
        await store.FillAsync(4);
        Epoch epoch = await store.OpenProcessAsync();
        Lease lease = await store.LeaseAsync(epoch, 4);

        // Customers may have them: Unconfirmed. A stop that is repeated must not make them Available.
        await store.SettleAsync(epoch, [new LeaseSettlement(lease.Number)], Token);
        SettleResult again = await store.SettleAsync(epoch, [new LeaseSettlement(lease.Number, lease.First)], Token);
        Assert.Equal(weakened ? 4 : 0, again.Returned);
        Assert.Equal(weakened ? 4 : 0, (await store.GetLevelsAsync(Token)).Available);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mark_is_placed_only_where_its_own_lease_holds_the_code(bool weakened)
    {
        await using CodeStore store = await OpenAsync(CodeConsistency.Journaled, weakened, ("mark-open", " AND l.token = @token", ""));
        await store.FillAsync(1);
        Epoch holder = await store.OpenProcessAsync();
        Epoch stranger = await store.OpenProcessAsync();
        Lease lease = await store.LeaseAsync(holder, 1);

        // Another epoch's lease of the same number, as after a database went back in time: the token tells them apart.
        if (weakened)
            Assert.Equal(1, (await store.MarkAsync(stranger, lease.All(), Token)).Marked);
        else
            await Assert.ThrowsAsync<StoreRewoundException>(async () => await store.MarkAsync(stranger, lease.All(), Token));
    }

    private async Task<CodeStore> OpenAsync(
        CodeConsistency consistency, bool weakened, params (string Statement, string Protection, string Instead)[] protections)
    {
        var store = new SqliteCodeStore(
            "weak", new SqliteCodePoolOptions { Path = DatabasePath }, TimeProvider.System, weakened ? Weaken : null);
        await store.OpenAsync(new PoolDefinition("weak", "format", consistency), Token);
        return store;

        string Weaken(string name, string text)
        {
            foreach ((_, string protection, string instead) in protections.Where(p => p.Statement == name))
            {
                Assert.Contains(protection, text, StringComparison.Ordinal);
                text = text.Replace(protection, instead, StringComparison.Ordinal);
            }

            return text;
        }
    }
}
