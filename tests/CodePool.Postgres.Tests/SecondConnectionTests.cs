using CodePool.Internal.Hosting;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>A second connection that is not to be had: why, once; and once that it is there again.</summary>
public sealed class SecondConnectionTests : SecondHalfSuite
{
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

    private async Task AssertMissedAsync(CodeStore store)
    {
        for (int batch = 1; batch <= SecondHalfReport.Patience + 2; batch++)
        {
            Assert.Equal(Batch, (await FillAsync(store)).Stored);
            Assert.Equal(batch < SecondHalfReport.Patience ? 0 : 1, Count(Lost));
        }

        AssertTold("in time");
    }

    /// <summary>Whether a connection is refused; the second half's, which was begun before, is by then as well.</summary>
    private static bool IsRefused(NpgsqlConnectionStringBuilder builder)
    {
        using var connection = new NpgsqlConnection($"{builder.ConnectionString};Pooling=false");
        return Assert.Throws<PostgresException>(connection.Open).SqlState == PostgresErrorCodes.TooManyConnections;
    }

    private NpgsqlDataSource With(Func<Task> initialize)
    {
        var builder = new NpgsqlDataSourceBuilder(Harness.DataSource.ConnectionString);
        builder.UsePhysicalConnectionInitializer(_ => { }, _ => initialize());
        return builder.Build();
    }
}
