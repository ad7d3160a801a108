using CodePool.ContractTests;
using CodePool.ContractTests.Model;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using CodePool.TestServers;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>The whole life of a pool over connections that differ from the plain ones.</summary>
public sealed class ConnectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task Prepared_statements_change_nothing(CodeConsistency consistency)
    {
        string? fault = await ModelSearch.FindFaultAsync(() => new PreparedHarness(), consistency, 100, seeds: 2, length: 80);
        Assert.True(fault is null, fault);
    }

    [Theory]
    [InlineData(CodeConsistency.Journaled, false)]
    [InlineData(CodeConsistency.Confirmed, false)]
    [InlineData(CodeConsistency.Confirmed, true)]
    public async Task Connections_of_its_own_change_nothing(CodeConsistency consistency, bool pooler)
    {
        await using PgBouncer? bouncer = pooler ? await PgBouncer.StartAsync() : null;
        string? fault = await ModelSearch.FindFaultAsync(() => new OwningHarness(bouncer), consistency, 100, seeds: 2, length: 80);
        Assert.True(fault is null, fault);
    }

    /// <summary>Behind a pooler the next execution may meet a backend that never heard of the statement.</summary>
    [Theory]
    [InlineData("", false, true)]
    [InlineData("", true, false)]
    [InlineData(";MaxAutoPrepare=0", false, false)]
    [InlineData(";Multiplexing=true", false, false)]
    [InlineData(";Pooling=false", false, false)]
    public async Task Connections_of_its_own_prepare_unless_a_pooler_is_between_or_the_driver_was_told(string settings, bool pooler, bool expected)
    {
        await using PgBouncer? bouncer = pooler ? await PgBouncer.StartAsync() : null;
        await using PostgresHarness harness = bouncer is null ? new PostgresHarness() : new BouncerHarness(bouncer);
        await harness.CreateDatabaseAsync(Token);
        string server = bouncer?.ConnectionString ?? await PostgresServer.ConnectionStringAsync();
        NpgsqlDataSource own = OwnDataSource.Create($"{server}{settings};Maximum Pool Size=1");
        await using var store = new PostgresCodeStore("own", own, ownsDataSource: true, harness.Options, TimeProvider.System);
        await store.OpenAsync(new PoolDefinition("own", "format", CodeConsistency.Confirmed), Token);
        await store.FillAsync(100);
        Epoch epoch = await store.OpenProcessAsync();
        for (int round = 0; round < 3; round++)
            await store.ConfirmAsync(epoch, (await store.LeaseAsync(epoch, 10)).All());
        await store.AssertLevelsAsync(available: 70, used: 30);
        await using NpgsqlCommand count = own.CreateCommand("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%UPDATE%'");
        Assert.Equal(expected, (long)(await count.ExecuteScalarAsync(Token))! > 0);
    }

    /// <summary>An upgrade of the tables beside a pool in use: the server refuses each statement once, that returns another type now.</summary>
    [Fact]
    public async Task Prepared_steps_survive_an_altered_table()
    {
        await using var harness = new OwningHarness(null);
        await harness.CreateDatabaseAsync(Token);
        await using CodeStore store = harness.CreateStore("altered");
        await store.OpenAsync(new PoolDefinition("altered", "format", CodeConsistency.Journaled), Token);
        await store.FillAsync(20);
        Epoch epoch = await store.OpenProcessAsync();
        await store.LeaseAsync(epoch, 5);
        Assert.Single(await store.GetOpenLeasesAsync(epoch, Token));
        await harness.ExecuteAsync($"ALTER TABLE {harness.Name("codes")} ALTER COLUMN code TYPE varchar COLLATE \"C\"");
        Assert.Equal(5, Assert.Single(await store.GetOpenLeasesAsync(epoch, Token)).Codes.Count);
        await store.LeaseAsync(epoch, 5);
    }

    /// <summary>The address may lead through one from now on, or one of two does.</summary>
    [Fact]
    public async Task A_pooler_that_is_met_later_ends_preparing()
    {
        await using PgBouncer bouncer = await PgBouncer.StartAsync();
        var direct = new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync());
        var pooled = new NpgsqlConnectionStringBuilder(bouncer.ConnectionString);
        await using NpgsqlDataSource own = OwnDataSource.Create(new NpgsqlConnectionStringBuilder(direct.ConnectionString)
        {
            Host = $"{direct.Host}:{direct.Port},{pooled.Host}:{pooled.Port}",
        }.ConnectionString + ";Maximum Pool Size=1");
        Preparing preparing = OwnDataSource.PreparingOf(own)!;

        await using NpgsqlConnection first = await own.OpenConnectionAsync(Token);
        Assert.Equal((direct.Port, true), (first.Port, preparing.IsOn));
        await using NpgsqlConnection other = await own.OpenConnectionAsync(Token);
        Assert.Equal((pooled.Port, false), (other.Port, preparing.IsOn));
    }

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task It_works_through_PgBouncer_in_transaction_mode(CodeConsistency consistency)
    {
        await using PgBouncer bouncer = await PgBouncer.StartAsync();
        string? fault = await ModelSearch.FindFaultAsync(() => new BouncerHarness(bouncer), consistency, 200, seeds: 2, length: 80);
        Assert.True(fault is null, fault);
    }

    /// <summary>Marks of runs compare codes as UTF-8, whatever the database's own encoding is.</summary>
    [Theory]
    [InlineData("SQL_ASCII")]
    [InlineData("LATIN1")]
    public async Task It_works_in_a_database_of_another_encoding(string encoding)
    {
        await using EncodedDatabase database = await EncodedDatabase.CreateAsync(encoding);
        string? fault = await ModelSearch.FindFaultAsync(() => new EncodedHarness(database), CodeConsistency.Journaled, 100, seeds: 2, length: 80);
        Assert.True(fault is null, fault);
    }

    [Fact]
    public async Task Many_callers_share_few_backends_through_PgBouncer()
    {
        await using PgBouncer bouncer = await PgBouncer.StartAsync();
        await using var harness = new BouncerHarness(bouncer);
        await harness.CreateDatabaseAsync(Token);
        CodeStore[] stores = [.. Enumerable.Range(0, 4).Select(_ => harness.CreateStore("shared"))];
        await Task.WhenAll(stores.Select(store => store.OpenAsync(new PoolDefinition("shared", "format", CodeConsistency.Confirmed), Token).AsTask()));
        await stores[0].FillAsync(2_000);
        Epoch epoch = await stores[0].OpenSharedAsync();
        string[][] taken = await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => TakeAsync(stores[caller % 4], epoch)));
        Assert.Equal(1_600, taken.SelectMany(codes => codes).Distinct().Count());
        await stores[0].AssertLevelsAsync(available: 400, used: 1_600);
    }

    private static async Task<string[]> TakeAsync(CodeStore store, Epoch epoch)
    {
        var taken = new List<string>();
        for (int round = 0; round < 5; round++)
        {
            Lease lease = await store.LeaseAsync(epoch, 20);
            IReadOnlyList<int> confirmed = await store.ConfirmAsync(epoch, lease.All());
            taken.AddRange(confirmed.Select(place => lease.Codes[place]));
            await store.SettleAsync(epoch, lease);
        }

        return [.. taken];
    }

    private sealed class PreparedHarness : PostgresHarness
    {
        protected override string Settings => "Max Auto Prepare=200;Auto Prepare Min Usages=2;Maximum Pool Size=2";
    }

    private sealed class BouncerHarness(PgBouncer bouncer) : PostgresHarness
    {
        protected override Task<string> ConnectionStringAsync() => Task.FromResult(bouncer.ConnectionString);
    }

    private sealed class EncodedHarness(EncodedDatabase database) : PostgresHarness
    {
        protected override Task<string> ConnectionStringAsync() => Task.FromResult(database.ConnectionString);
    }
}
