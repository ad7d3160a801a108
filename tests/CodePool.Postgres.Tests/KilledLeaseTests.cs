using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>
/// pg_terminate_backend in the last round trip of a lease, which carries its rows, the cursor and the COMMIT. The store cannot know whether
/// it was committed, and asks again by the same operation: one lease, that of the first attempt if there is one.
/// </summary>
public sealed class KilledLeaseTests : StoreSuite<PostgresHarness>
{
    /// <summary>All five that were returned, and one more.</summary>
    private const int Count = 6;

    [Theory]
    [InlineData("TRIGGER held BEFORE INSERT ON leases", "INSERT INTO", Count)]
    [InlineData("TRIGGER held BEFORE UPDATE ON pools", "UPDATE", Count)]
    [InlineData("TRIGGER held BEFORE DELETE ON returned", "DELETE FROM", Count)]
    [InlineData("TRIGGER held BEFORE INSERT ON returned", "INSERT INTO", 3)]
    [InlineData("CONSTRAINT TRIGGER held AFTER INSERT ON leases DEFERRABLE INITIALLY DEFERRED", "COMMIT", Count)]
    public async Task Ended_before_it_is_committed_it_leases_once(string trigger, string during, int count)
    {
        Epoch epoch = await PrepareAsync(Store);
        await HoldAtAsync(trigger);
        await using NpgsqlConnection holder = await Harness.Others.OpenConnectionAsync(Token);
        await using NpgsqlTransaction hold = await holder.BeginTransactionAsync(Token);
        await holder.ExecuteAsync($"SELECT {Lock}");

        var operation = Guid.NewGuid();
        Task<LeaseResult> leasing = Store.TryLeaseAsync(epoch, count, operation);
        int backend = await Harness.WaitUntilBlockedAsync(holder.ProcessID);
        Assert.StartsWith(during, await Harness.QueryAsync<string>("SELECT query FROM pg_stat_activity WHERE pid = @backend", new { backend }), StringComparison.Ordinal);
        await Harness.TerminateAsync(backend);

        // The next attempt stands there as well, before anything of either is to be seen.
        while (await Harness.WaitUntilBlockedAsync(holder.ProcessID) == backend)
            await Task.Delay(5, Token);
        Assert.Equal(0, await CountAsync(Harness.DataSource, operation));
        await hold.RollbackAsync(Token);
        LeaseResult result = await leasing;
        AssertFirst(result, count);
        Assert.Equal(result.Leases.Count, await CountAsync(Harness.DataSource, operation));
        await Store.AssertLevelsAsync(available: 15 - count, leased: count, unconfirmed: 5);
    }

    /// <summary>The commit waits for its standby when it is made already: its backend is ended before it can say so.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ended_after_it_is_committed_it_is_found_by_its_operation(bool weakened)
    {
        await using PostgresInstance server = await PostgresInstance.StartNewAsync();
        await using var standby = new DeafStandby(server);
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(server.ConnectionString);
        Harness.Options.Schema = "public";
        await using var store = new PostgresCodeStore(
            PoolName, source, ownsDataSource: false, Harness.Options, TimeProvider.System,
            weakened ? (name, sql) => name == "lease.earlier" ? Statement.Set(sql, "l.operation = @operation", "false AND l.operation = @operation") : sql : null);
        await store.OpenAsync(new PoolDefinition(PoolName, Format, CodeConsistency.Journaled), Token);
        Epoch epoch = await PrepareAsync(store);

        await standby.RequireAsync();
        var operation = Guid.NewGuid();
        Task<LeaseResult> leasing = store.TryLeaseAsync(epoch, Count, operation);
        Assert.Equal("COMMIT", await standby.TerminateAsync());
        while (await CountAsync(source, operation) == 0)
            await Task.Delay(5, Token);
        Assert.False(leasing.IsCompleted, "Its outcome was known.");
        await standby.WaiveAsync();

        LeaseResult result = await leasing;
        if (weakened)
        {
            // Six codes are leased to nobody.
            result.Leases.AssertNumbersFrom(12, Count);
            await store.AssertLevelsAsync(available: 3, leased: 2 * Count, unconfirmed: 5);
            return;
        }

        AssertFirst(result, Count);
        Assert.Equal(result.Leases.Count, await CountAsync(source, operation));
        await store.AssertLevelsAsync(available: 9, leased: Count, unconfirmed: 5);
    }

    private string Lock => $"pg_advisory_xact_lock(hashtext('{Harness.Options.Schema}'))";

    /// <summary>Numbers 6 to 10 were returned, and the cursor stands before 11.</summary>
    private static async Task<Epoch> PrepareAsync(CodeStore store)
    {
        await store.FillAsync(20);
        Epoch epoch = await store.OpenProcessAsync();
        await store.SettleAsync(epoch, await store.LeaseAsync(epoch, 10), unseenFrom: 6);
        return epoch;
    }

    /// <summary>Whoever comes to this place waits for the lock.</summary>
    private async Task HoldAtAsync(string trigger)
    {
        string schema = Harness.Options.Schema, prefix = Harness.Options.TablePrefix;
        await Harness.ExecuteAsync(
            $"CREATE FUNCTION {schema}.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM {Lock}; RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; END $$");
        await Harness.ExecuteAsync(
            $"CREATE {trigger.Replace(" ON ", $" ON {schema}.{prefix}", StringComparison.Ordinal)} FOR EACH ROW EXECUTE FUNCTION {schema}.hold()");
    }

    private static void AssertFirst(LeaseResult result, int count)
    {
        Assert.Equal(LeaseOutcome.Leased, result.Outcome);
        result.Leases.AssertNumbersFrom(6, count);
        Assert.All(result.Leases.All(), code => Assert.Equal(TestCodes.Of(code.Number), code.Code));
    }

    private async Task<int> CountAsync(NpgsqlDataSource source, Guid operation)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(Token);
        return await connection.QuerySingleAsync<int>(
            $"SELECT count(*)::integer FROM {Harness.Name("leases")} WHERE operation = @operation", new { operation });
    }
}
