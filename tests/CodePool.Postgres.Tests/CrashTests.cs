using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>A server of the test's own is stopped at once, or replaced by a standby that lagged.</summary>
public sealed class CrashTests
{
    private static readonly PoolDefinition Pool = new("crash", "format", CodeConsistency.Journaled);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_acknowledged_survives_an_immediate_stop_though_the_server_defaults_to_asynchronous_commits()
    {
        await using PostgresInstance server = await PostgresInstance.StartNewAsync();
        await using CodeStore store = await OpenAsync(server.ConnectionString);
        await store.FillAsync(100);
        Epoch epoch = await store.OpenProcessAsync();
        Lease lease = await store.LeaseAsync(epoch, 20);
        await RestartAsync(server);
        await store.AssertLevelsAsync(available: 80, leased: 20);

        await store.ConfirmAsync(epoch, lease.At(0, 1, 2));
        await RestartAsync(server);
        await store.AssertLevelsAsync(available: 80, leased: 17, used: 3);

        await store.MarkAsync(epoch, lease.At(3, 4));
        await RestartAsync(server);
        await store.AssertLevelsAsync(available: 80, leased: 15, used: 5);

        await store.SettleAsync(epoch, lease, unseenFrom: lease.First + 10);
        await RestartAsync(server);
        await store.AssertLevelsAsync(available: 90, used: 5, unconfirmed: 5);

        // The same cluster on the same timeline: no reason to burn anything.
        await store.LeaseAsync(epoch, 10);
    }

    [Fact]
    public async Task Without_the_forced_commit_an_acknowledged_lease_is_gone()
    {
        await using PostgresInstance server = await PostgresInstance.StartNewAsync();
        await using CodeStore store = await OpenAsync(server.ConnectionString);
        await store.FillAsync(100);
        Epoch epoch = await store.OpenProcessAsync();
        await using CodeStore weak = await OpenAsync(
            server.ConnectionString, weaken: (_, sql) => sql.Replace("ELSE 'on'", "ELSE current_setting('synchronous_commit')", StringComparison.Ordinal));
        await weak.LeaseAsync(epoch, 20);
        await RestartAsync(server);
        await store.AssertLevelsAsync(available: 100);
    }

    [Fact]
    public async Task A_server_that_is_away_is_said_to_be_and_found_again()
    {
        await using PostgresInstance server = await PostgresInstance.StartNewAsync();
        await using CodeStore store = await OpenAsync(server.ConnectionString);
        await store.FillAsync(10);
        await server.StopImmediatelyAsync();
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => store.FillAsync(10));
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(async () => await store.GetLevelsAsync(Token));
        await server.StartAsync();
        await store.FillAsync(10);
        await store.AssertExactAsync();
    }

    [Fact]
    public async Task A_promoted_standby_that_lagged_is_noticed_and_no_code_is_handed_out_twice()
    {
        await using PostgresInstance primary = await PostgresInstance.StartNewAsync();
        await using CodeStore before = await OpenAsync(primary.ConnectionString);
        await before.FillAsync(100);
        Epoch epoch = await before.OpenProcessAsync();
        List<LeasedCode> handedOut = [.. (await before.LeaseAsync(epoch, 20)).All()];
        await before.MarkAsync(epoch, [.. handedOut[..10]]);

        // The standby has this much, and no more: what follows is acknowledged by a primary that is about to die.
        await using PostgresInstance standby = await primary.StartStandbyAsync();
        await CutFeedAsync(primary, standby);
        handedOut.AddRange((await before.LeaseAsync(epoch, 30)).All());
        await before.MarkAsync(epoch, [.. handedOut[10..40]]);
        await before.FillAsync(50);
        await primary.StopImmediatelyAsync();
        await standby.PromoteAsync();

        await using CodeStore after = await OpenAsync(standby.ConnectionString);
        await StoreAsserts.AssertRewoundAsync(() => after.TryLeaseAsync(epoch, 10));
        await StoreAsserts.AssertRewoundAsync(() => after.ConfirmAsync(epoch, handedOut[40..45]));
        await StoreAsserts.AssertRewoundAsync(() => after.MarkAsync(epoch, [.. handedOut[40..45]]));
        await StoreAsserts.AssertRewoundAsync(async () => await after.SettleClosedAsync(epoch, Token));
        await StoreAsserts.AssertRewoundAsync(() => after.OpenProcessAsync());
        await StoreAsserts.AssertRewoundAsync(() => after.FillAsync(1));

        Assert.True((await after.RecoverAsync(evidence: 0, highestLease: 2, highestEpoch: epoch.Number)).Performed);
        Assert.False((await after.RecoverAsync(evidence: 0)).Performed);
        await after.FillAsync([.. Enumerable.Range(1, 100).Select(number => $"NEW{number:D4}")]);
        IReadOnlyList<Lease> leases = await after.LeaseRunsAsync(await after.OpenProcessAsync(), 100);
        Assert.Empty(leases.All().Select(code => code.Code).Intersect(handedOut.Select(code => code.Code)));

        // The journal of the lost future arrives late: its codes become Used.
        MarkResult late = await after.MarkAsync(epoch, [.. handedOut]);
        Assert.Equal((40, 40, 0), (late.Marked, late.Late, late.Unplaced.Count));
        await after.AssertExactAsync();
    }

    [Fact]
    public async Task Without_the_identity_a_promoted_standby_hands_codes_out_twice()
    {
        await using PostgresInstance primary = await PostgresInstance.StartNewAsync();
        await using CodeStore before = await OpenAsync(primary.ConnectionString);
        await before.FillAsync(100);
        Epoch epoch = await before.OpenProcessAsync();
        await using PostgresInstance standby = await primary.StartStandbyAsync();
        await CutFeedAsync(primary, standby);
        Lease lost = await before.LeaseAsync(epoch, 30);
        await primary.StopImmediatelyAsync();
        await standby.PromoteAsync();

        await using CodeStore weak = await OpenAsync(
            standby.ConnectionString, weaken: (_, sql) => sql.Replace("identity = codepool.database_identity()", "true", StringComparison.Ordinal));
        Assert.Equal(lost.Codes, (await weak.LeaseAsync(epoch, 30)).Codes);
    }

    [Fact]
    public async Task A_pool_whose_server_never_loses_commits_goes_on_after_a_promotion()
    {
        await using PostgresInstance primary = await PostgresInstance.StartNewAsync();
        await using CodeStore before = await OpenAsync(primary.ConnectionString);
        await before.FillAsync(10);
        Epoch epoch = await before.OpenProcessAsync();
        await using PostgresInstance standby = await primary.StartStandbyAsync();
        await primary.StopImmediatelyAsync();
        await standby.PromoteAsync();

        await using CodeStore after = await OpenAsync(standby.ConnectionString, new PostgresCodePoolOptions { NeverLosesCommits = true });
        Assert.Equal([0, 1], await after.ConfirmAsync(epoch, (await after.LeaseAsync(epoch, 5)).Take(2)));
        Assert.False((await after.RecoverAsync(evidence: 0)).Performed);
        await after.AssertLevelsAsync(available: 5, leased: 3, used: 2);
    }

    private static async Task<CodeStore> OpenAsync(
        string connectionString, PostgresCodePoolOptions? options = null, Func<string, string, string>? weaken = null)
    {
        var store = new PostgresCodeStore(
            Pool.Name, NpgsqlDataSource.Create(connectionString), ownsDataSource: true, options ?? new PostgresCodePoolOptions(),
            TimeProvider.System, weaken);
        await store.OpenAsync(Pool, Token);
        return store;
    }

    private static async Task RestartAsync(PostgresInstance server)
    {
        await server.StopImmediatelyAsync();
        await server.StartAsync();
    }

    /// <summary>Lets the standby catch up, then points it nowhere.</summary>
    private static async Task CutFeedAsync(PostgresInstance primary, PostgresInstance standby)
    {
        string position = (string)(await QueryAsync(primary, "SELECT pg_current_wal_flush_lsn()::text"))!;
        while (!(bool)(await QueryAsync(standby, $"SELECT pg_last_wal_replay_lsn() >= '{position}'"))!)
            await Task.Delay(20, Token);
        await QueryAsync(standby, "ALTER SYSTEM SET primary_conninfo = ''");
        await QueryAsync(standby, "SELECT pg_reload_conf()");
        while ((long)(await QueryAsync(primary, "SELECT count(*) FROM pg_stat_replication"))! > 0)
            await Task.Delay(20, Token);
    }

    private static async Task<object?> QueryAsync(PostgresInstance server, string sql)
    {
        await using var connection = new NpgsqlConnection($"{server.ConnectionString};Pooling=false");
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Token);
    }
}
