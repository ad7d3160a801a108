using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>Large batches where a second connection is not to be had, and where it is not wanted.</summary>
public sealed class FewConnectionsTests
{
    private const int Batch = 2 * FillStep.WorthTwo;
    private const int Batches = 3;

    private static readonly PoolDefinition Pool = new("few", "format", CodeConsistency.Journaled);

    /// <summary>Far more than a fill takes, and less than a connection that does not come: 15 s.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(12);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_connection_is_enough()
    {
        await using var harness = new OneConnectionHarness();
        await FillAsync(harness);
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    public async Task PgBouncer_may_have_one_server_connection_or_two(int servers, bool ownConnections)
    {
        await using PgBouncer bouncer = await PgBouncer.StartAsync(servers);
        await using PostgresHarness harness = ownConnections ? new OwningHarness(bouncer) : new BouncerHarness(bouncer);
        await FillAsync(harness);
    }

    [Fact]
    public async Task Switched_off_it_takes_one_connection()
    {
        await using var harness = new PostgresHarness();
        harness.Options.ParallelFill = false;
        await FillAsync(harness);
        Assert.Equal(1, harness.Count("idle"));
    }

    [Fact]
    public async Task A_second_connection_that_never_comes_holds_nobody_up()
    {
        await using var harness = new PostgresHarness();
        await harness.CreateDatabaseAsync(Token);
        var never = new TaskCompletionSource();
        int connections = 0;
        var builder = new NpgsqlDataSourceBuilder(harness.DataSource.ConnectionString);
        builder.UsePhysicalConnectionInitializer(_ => { }, _ => Interlocked.Increment(ref connections) == 1 ? Task.CompletedTask : never.Task);
        await using NpgsqlDataSource source = builder.Build();
        await using var store = new PostgresCodeStore(Pool.Name, source, ownsDataSource: false, harness.Options, TimeProvider.System);
        await FillAsync(store);

        // And no batch begins another while one is missing.
        Assert.Equal(2, connections);
        never.SetResult();
    }

    private static async Task FillAsync(PostgresHarness harness)
    {
        await harness.CreateDatabaseAsync(Token);
        await using CodeStore store = harness.CreateStore(Pool.Name);
        await FillAsync(store);
    }

    private static async Task FillAsync(CodeStore store)
    {
        await store.OpenAsync(Pool, Token);
        for (int batch = 0; batch < Batches; batch++)
        {
            int from = batch * Batch;
            var request = new FillRequest(long.MaxValue, Batch, count => [.. Enumerable.Range(from, count).Select(number => $"{number:D9}")]);
            Assert.Equal(Batch, (await store.FillAsync(request, Token).AsTask().WaitAsync(Long, Token)).Stored);
        }

        await store.AssertLevelsAsync(available: Batches * Batch);
    }

    private sealed class OneConnectionHarness : PostgresHarness
    {
        protected override string Settings => "Maximum Pool Size=1;Timeout=15";
    }

    private sealed class BouncerHarness(PgBouncer bouncer) : PostgresHarness
    {
        protected override Task<string> ConnectionStringAsync() => Task.FromResult(bouncer.ConnectionString);
    }
}
