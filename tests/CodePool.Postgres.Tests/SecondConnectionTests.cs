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
        var pause = new SecondHalfPause(Harness.Time);
        await using CodeStore store = await OpenAsync(source, time: Harness.Time, pause: pause);
        for (int batch = 0; batch < 2 * SecondHalfReport.Patience; batch++)
        {
            await FillAsync(store, () => pause.IsOn);
            Harness.Time.Advance(SecondHalfPause.Longest);
        }

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
        await using LimitedRole role = await LimitedRole.CreateAsync(Harness, connections: 1);
        var services = new ServiceCollection();
        services.AddLogging().AddFakeLogging();
        services.AddCodePool(PoolName, _ => { }).UsePostgres(role.ConnectionString, options => options.Schema = Harness.Options.Schema);
        await using ServiceProvider provider = services.BuildServiceProvider();
        await using CodeStore store = provider.GetRequiredKeyedService<StoreRegistration>(PoolName).Create(provider);
        await OpenAsync(store);
        FakeLogCollector log = provider.GetFakeLogCollector();

        // A refusal that comes when its batch is stored is told by the next one.
        while (log.GetSnapshot().All(record => record.Id.Id != Lost))
            Assert.Equal(Batch, (await FillAsync(store, role.IsRefused)).Stored);
        FakeLogRecord record = Assert.Single(log.GetSnapshot(), record => record.Id.Id == Lost);
        Assert.Equal("CodePool", record.Category);
        Assert.Contains("53300", record.Exception?.Message, StringComparison.Ordinal);
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

    private NpgsqlDataSource With(Func<Task> initialize)
    {
        var builder = new NpgsqlDataSourceBuilder(Harness.DataSource.ConnectionString);
        builder.UsePhysicalConnectionInitializer(_ => { }, _ => initialize());
        return builder.Build();
    }
}
