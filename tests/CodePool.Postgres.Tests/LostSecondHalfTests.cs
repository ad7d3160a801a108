using CodePool.ContractTests;
using CodePool.Internal.Hosting;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>What the log says of batches that go over one connection where two were wanted: why, once; and once that it is over.</summary>
public sealed class LostSecondHalfTests : StoreSuite<PostgresHarness>
{
    private const int Batch = FillStep.WorthTwo;
    private const int Half = Batch / 2;
    private const int Lost = 200;
    private const int Back = 201;

    private readonly FakeLogger _log = new();
    private int _drawn;

    [Fact]
    public async Task A_second_connection_that_is_refused_is_told_once_and_so_is_its_return()
    {
        bool fails = true;
        int connections = 0;
        await using NpgsqlDataSource source = With(() => Interlocked.Increment(ref connections) > 1 && Volatile.Read(ref fails)
            ? Task.FromException(new IOException("The network is away."))
            : Task.CompletedTask);
        await using CodeStore store = await OpenAsync(source);
        for (int batch = 0; batch < 2 * SecondHalfReport.Patience; batch++)
            await FillAsync(store);
        Assert.Equal(1, Count(Lost));
        Volatile.Write(ref fails, false);
        await AssertBackAsync(store);
    }

    [Fact]
    public async Task A_second_connection_that_never_comes_is_told_once()
    {
        var never = new TaskCompletionSource();
        int connections = 0;
        await using NpgsqlDataSource source = With(() => Interlocked.Increment(ref connections) == 1 ? Task.CompletedTask : never.Task);
        await using CodeStore store = await OpenAsync(source);
        await AssertMissedAsync(store);
        never.SetResult();
    }

    [Fact]
    public async Task A_pool_of_one_is_told_once()
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create($"{Harness.DataSource.ConnectionString};Maximum Pool Size=1");
        await using CodeStore store = await OpenAsync(source);
        await AssertMissedAsync(store);
    }

    [Fact]
    public async Task A_pooler_whose_connections_are_taken_is_told_once()
    {
        await using PgBouncer bouncer = await PgBouncer.StartAsync(servers: 1);
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(bouncer.ConnectionString);
        await using CodeStore store = await OpenAsync(source);
        await AssertMissedAsync(store);
    }

    /// <summary>And as a host has it: the event is in its log.</summary>
    [Fact]
    public async Task A_role_that_may_connect_once_is_told_by_the_servers_own_words()
    {
        string role = $"once_{Guid.NewGuid():N}", schema = Harness.Options.Schema;
        await Harness.ExecuteAsync(
            $"CREATE ROLE {role} LOGIN PASSWORD 'secret' CONNECTION LIMIT 1; GRANT USAGE ON SCHEMA {schema} TO {role}; GRANT ALL ON ALL TABLES IN SCHEMA {schema} TO {role}");
        var builder = new NpgsqlConnectionStringBuilder(Harness.DataSource.ConnectionString) { Username = role, Password = "secret" };
        var services = new ServiceCollection();
        services.AddLogging().AddFakeLogging();
        services.AddCodePool(PoolName, _ => { }).UsePostgres(builder.ConnectionString, options => options.Schema = schema);
        await using (ServiceProvider provider = services.BuildServiceProvider())
        {
            await using CodeStore store = provider.GetRequiredKeyedService<StoreRegistration>(PoolName).Create(provider);
            await OpenAsync(store);
            FakeLogCollector log = provider.GetFakeLogCollector();
            Assert.Equal(Batch, (await FillAsync(store, () => IsRefused(builder) && IsRefused(builder) && IsRefused(builder))).Stored);
            FakeLogRecord record = Assert.Single(log.GetSnapshot(), record => record.Id.Id == Lost);
            Assert.Equal("CodePool", record.Category);
            Assert.Contains("53300", record.Exception?.Message, StringComparison.Ordinal);
        }

        await Harness.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
    }

    [Fact]
    public async Task A_second_half_that_is_ended_is_told_without_its_codes()
    {
        await using CodeStore store = await OpenAsync(Harness.DataSource);
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, TestCodes.Of(1));
        Task<FillResult> filling = FillAsync(store, BothAreThere);
        int first = await Harness.WaitUntilBlockedAsync(obstacle.ProcessId);
        await Harness.TerminateAsync(await Harness.WaitUntilBlockedAsync(first));
        await obstacle.RemoveAsync();
        Assert.Equal(Half, (await filling).Stored);
        AssertTold("57P01");
        await AssertBackAsync(store);
    }

    [Fact]
    public async Task A_second_half_that_waits_for_somebody_elses_row_is_told_without_its_codes()
    {
        await using CodeStore store = await OpenAsync(
            Harness.DataSource, (name, sql) => name == "second_half.settings" ? Statement.Set(sql, "'2s'", "'100ms'") : sql);
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, TestCodes.Of(Half + 1));
        Assert.Equal(Half, (await FillAsync(store, BothAreThere)).Stored);
        AssertTold("lock_timeout");
    }

    [Fact]
    public async Task A_second_half_that_is_not_through_in_time_is_told()
    {
        await using CodeStore store = await OpenAsync(
            Harness.DataSource, (name, sql) => name == "second_half.settings" ? Statement.Set(sql, "'2s'", "'0'") : sql, Harness.Time);
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, TestCodes.Of(Half + 1));
        Task<FillResult> filling = FillAsync(store, BothAreThere);
        await Harness.WaitUntilBlockedAsync(obstacle.ProcessId);

        // Only the first half's patience is by this clock.
        while (!filling.IsCompleted)
        {
            Harness.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(Half, (await filling).Stored);
        AssertTold("not copied");
    }

    [Fact]
    public async Task A_second_half_that_finds_another_level_is_told()
    {
        await using CodeStore store = await OpenAsync(
            Harness.DataSource, (name, sql) => name == "second_half.advance" ? Statement.Set(sql, "filled_to = @expected", "filled_to = -@expected") : sql);
        Assert.Equal(Half, (await FillAsync(store, BothAreThere)).Stored);
        AssertTold("between the halves");
    }

    [Fact]
    public async Task Duplicates_in_either_half_are_not_told()
    {
        foreach (int place in (int[])[1, Half + 1])
        {
            await using CodeStore store = await OpenAsync(Harness.DataSource);
            await Store.FillAsync(TestCodes.Of((Batch * _drawn) + place));
            await FillAsync(store, BothAreThere);
        }

        Assert.Empty(_log.Collector.GetSnapshot());
    }

    /// <summary>Each batch that goes by two halves meets a duplicate, and the next one looks first: none has lost anything.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_keyspace_that_fills_up_is_not_told(int connections)
    {
        await using NpgsqlDataSource source = NpgsqlDataSource.Create($"{Harness.DataSource.ConnectionString};Maximum Pool Size={connections}");
        await using CodeStore store = await OpenAsync(source);
        for (int batch = 0; batch <= 2 * SecondHalfReport.Patience; batch++)
        {
            if (batch % 2 == 0)
                await Store.FillAsync(TestCodes.Of((Batch * _drawn) + 1));
            await FillAsync(store, batch % 2 == 0 && connections == 2 ? BothAreThere : null);
        }

        Assert.Empty(_log.Collector.GetSnapshot());
    }

    [Fact]
    public async Task Cancellation_is_not_told()
    {
        await using CodeStore store = await OpenAsync(Harness.DataSource);
        using var source = new CancellationTokenSource();
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, TestCodes.Of(1));
        Task<FillResult> filling = FillAsync(store, BothAreThere, source.Token);
        await Harness.WaitUntilBlockedAsync(obstacle.ProcessId);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => filling);
        Assert.Empty(_log.Collector.GetSnapshot());
    }

    [Fact]
    public async Task Cancellation_between_the_two_commits_is_not_told()
    {
        await using NpgsqlConnection other = await Harness.Others.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await other.BeginTransactionAsync(Token);
        await using (var hold = new NpgsqlCommand("SELECT pg_advisory_xact_lock(4711)", other))
            await hold.ExecuteNonQueryAsync(Token);
        await using CodeStore store = await OpenAsync(
            Harness.DataSource, (name, sql) => name == "second_half.advance" ? $"{sql} AND pg_advisory_xact_lock(4711) IS NOT NULL" : sql);
        using var source = new CancellationTokenSource();
        Task<FillResult> filling = FillAsync(store, BothAreThere, source.Token);
        await Harness.WaitUntilBlockedAsync(other.ProcessID);
        await source.CancelAsync();
        Assert.Equal(Half, (await filling).Stored);
        Assert.Empty(_log.Collector.GetSnapshot());
    }

    /// <summary>A connection that is there may still be late for a batch.</summary>
    private async Task AssertBackAsync(CodeStore store)
    {
        for (int batch = 0; batch < 5; batch++)
            await FillAsync(store, BothAreThere);
        Assert.Equal((1, 1), (Count(Lost), Count(Back)));
    }

    private async Task AssertMissedAsync(CodeStore store)
    {
        for (int batch = 1; batch <= SecondHalfReport.Patience + 2; batch++)
        {
            Assert.Equal(Batch, (await FillAsync(store)).Stored);
            Assert.Equal(batch < SecondHalfReport.Patience ? 0 : 1, Count(Lost));
        }

        AssertTold("in time");
    }

    private void AssertTold(string why)
    {
        FakeLogRecord record = Assert.Single(_log.Collector.GetSnapshot());
        Assert.Equal(Lost, record.Id.Id);
        Assert.Contains(why, record.Exception?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(TestCodes.Of(Half + 1), $"{record.Message} {record.Exception}", StringComparison.Ordinal);
    }

    /// <summary>Whether a connection is refused; the second half's, which was begun before, is by then as well.</summary>
    private static bool IsRefused(NpgsqlConnectionStringBuilder builder)
    {
        using var connection = new NpgsqlConnection($"{builder.ConnectionString};Pooling=false");
        return Assert.Throws<PostgresException>(connection.Open).SqlState == PostgresErrorCodes.TooManyConnections;
    }

    private bool BothAreThere() => Harness.Count("idle in transaction") == 2;

    private int Count(int id) => _log.Collector.GetSnapshot().Count(record => record.Id.Id == id);

    private NpgsqlDataSource With(Func<Task> initialize)
    {
        var builder = new NpgsqlDataSourceBuilder(Harness.DataSource.ConnectionString);
        builder.UsePhysicalConnectionInitializer(_ => { }, _ => initialize());
        return builder.Build();
    }

    private async Task<CodeStore> OpenAsync(NpgsqlDataSource source, Func<string, string, string>? weaken = null, TimeProvider? time = null)
    {
        var store = new PostgresCodeStore(PoolName, source, ownsDataSource: false, Harness.Options, time ?? TimeProvider.System, weaken, _log);
        await OpenAsync(store);
        return store;
    }

    private static async Task OpenAsync(CodeStore store) =>
        await store.OpenAsync(new PoolDefinition(PoolName, Format, CodeConsistency.Journaled), Token);

    /// <summary>The next codes, drawn when the condition holds.</summary>
    private Task<FillResult> FillAsync(CodeStore store, Func<bool>? until = null, CancellationToken? token = null) => Task.Run(
        async () => await store.FillAsync(
            new FillRequest(long.MaxValue, Batch, _ =>
            {
                while (until?.Invoke() == false)
                    Token.ThrowIfCancellationRequested();
                return TestCodes.Range((Batch * _drawn++) + 1, Batch);
            }),
            token ?? Token),
        Token);
}
