using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Dapper;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>
/// The server refuses the second connection. The driver then drops the first one as well, and until that has ended in the server its place is
/// taken: the next fill may be refused too.
/// </summary>
public sealed class RefusedSecondHalfTests : SecondHalfSuite
{
    /// <summary>The pause's own: it stands still while the batches go on.</summary>
    private readonly FakeTimeProvider _time = new();
    private int _opened;

    [Theory]
    [InlineData(50, true)]
    [InlineData(8, false)]
    public async Task No_fill_fails_and_connections_are_dropped_once(int fills, bool pauses)
    {
        await using LimitedRole role = await LimitedRole.CreateAsync(Harness, connections: 1);
        await using NpgsqlDataSource source = Open(role);
        var pause = new SecondHalfPause(_time) { First = TimeSpan.FromSeconds(pauses ? 1 : 0) };
        await using CodeStore store = await OpenAsync(source, pause: pause);
        for (int fill = 0; fill < fills; fill++)
        {
            CodePoolException? before = pause.Reason;
            FillResult result = await FillAsync(store, () => pause.IsOn || pause.Reason != before);
            Assert.Equal((Batch, (fill + 1) * Batch), (result.Stored, result.Available));
        }

        // The one that is refused takes the first with it, and the next fill opens another: once, or after each batch.
        Assert.Equal(pauses ? 2 : fills, _opened);
        Assert.Equal((1, 0), (Count(Lost), Count(Back)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_finds_the_place_of_a_dropped_connection_taken_asks_again(bool asksAgain)
    {
        await using LimitedRole role = await LimitedRole.CreateAsync(Harness, connections: 1);
        string table = $"kept_{Guid.NewGuid():N}";
        await using NpgsqlDataSource source = Open(role, $"CREATE TEMP TABLE {table} ()");
        var pause = new SecondHalfPause(_time) { AsksAgain = asksAgain };
        var waits = new ObservedTime();
        await using CodeStore store = await OpenAsync(source, time: waits, pause: pause);

        // A backend drops its temporary tables before it ends, and cannot drop this one.
        await using NpgsqlConnection other = await Harness.Others.OpenConnectionAsync(Token);
        await using NpgsqlTransaction keep = await other.BeginTransactionAsync(Token);
        await other.ExecuteAsync(
            $"LOCK TABLE {await Harness.QueryAsync<string>("SELECT relnamespace::regnamespace::text FROM pg_class WHERE relname = @table", new { table })}.{table} IN ACCESS SHARE MODE");
        await FillAsync(store, () => pause.IsOn);
        int ending = await Harness.WaitUntilBlockedAsync(other.ProcessID);
        int begun = waits.Timers;
        Task<FillResult> next = FillAsync(store);
        if (!asksAgain)
        {
            CodePoolStoreUnavailableException failure = await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => next);
            Assert.Equal(PostgresErrorCodes.TooManyConnections, (failure.InnerException as PostgresException)?.SqlState);
            await keep.RollbackAsync(Token);
            return;
        }

        while (waits.Timers == begun && !next.IsCompleted)
            await Task.Delay(5, Token);
        Assert.False(next.IsCompleted, "It was not refused.");
        await keep.RollbackAsync(Token);
        while (await Harness.QueryAsync<int>("SELECT count(*)::integer FROM pg_stat_activity WHERE pid = @ending", new { ending }) > 0)
            await Task.Delay(5, Token);
        waits.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(Batch, (await next).Stored);
    }

    /// <summary>The place is somebody else's, and stays so.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Asking_again_ends_by_the_servers_own_words_or_when_the_caller_has_gone(bool cancelled)
    {
        await using LimitedRole role = await LimitedRole.CreateAsync(Harness, connections: 1);
        await using NpgsqlDataSource source = Open(role);
        var pause = new SecondHalfPause(_time);
        var waits = new ObservedTime();
        await using CodeStore store = await OpenAsync(source, time: waits, pause: pause);
        await FillAsync(store, () => pause.IsOn);
        await using NpgsqlConnection taken = await role.OpenOnlyAsync();
        int begun = waits.Timers;
        using var caller = new CancellationTokenSource();
        Task<FillResult> next = FillAsync(store, token: caller.Token);
        if (cancelled)
        {
            while (waits.Timers == begun && !next.IsCompleted)
                await Task.Delay(5, Token);
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
            return;
        }

        while (!next.IsCompleted)
        {
            waits.Advance(TimeSpan.FromMilliseconds(320));
            await Task.Delay(5, Token);
        }

        CodePoolStoreUnavailableException failure = await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => next);
        Assert.Equal(PostgresErrorCodes.TooManyConnections, (failure.InnerException as PostgresException)?.SqlState);
        Assert.Equal(5, waits.Timers - begun);
    }

    [Fact]
    public async Task It_is_asked_for_again_after_pauses_that_double_and_its_return_is_told()
    {
        await using LimitedRole role = await LimitedRole.CreateAsync(Harness, connections: 1);
        await using NpgsqlDataSource source = Open(role);
        var pause = new SecondHalfPause(_time);
        await using CodeStore store = await OpenAsync(source, pause: pause);
        int refused = 0;
        foreach (int seconds in (int[])[1, 2, 4])
        {
            await FillAsync(store, () => pause.IsOn);
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
            for (int batch = 0; batch < 3; batch++)
                await FillAsync(store);
            Assert.Equal(1 + ++refused, _opened);
            _time.Advance(TimeSpan.FromTicks(1));
        }

        Assert.Equal((1, 0), (Count(Lost), Count(Back)));
        Assert.Contains("53300", Assert.Single(Log.Collector.GetSnapshot()).Exception?.Message, StringComparison.Ordinal);
        await role.AllowAsync(2);
        await AssertBackAsync(store);
        Assert.Null(pause.Reason);
    }

    [Fact]
    public async Task A_refusal_that_comes_when_the_batch_is_stored_is_told_by_the_next_one()
    {
        var refusal = new TaskCompletionSource();
        var builder = new NpgsqlDataSourceBuilder(Harness.DataSource.ConnectionString);
        builder.UsePhysicalConnectionInitializer(_ => { }, _ => Interlocked.Increment(ref _opened) == 1 ? Task.CompletedTask : refusal.Task);
        await using NpgsqlDataSource source = builder.Build();
        var pause = new SecondHalfPause(_time);
        await using CodeStore store = await OpenAsync(source, pause: pause);
        Assert.Equal(Batch, (await FillAsync(store, () => _opened == 2)).Stored);
        Assert.Empty(Log.Collector.GetSnapshot());
        refusal.SetException(new IOException("Too late."));
        while (!pause.IsOn)
            await Task.Delay(5, Token);
        await FillAsync(store);
        AssertTold(nameof(IOException));
        Assert.Equal(2, _opened);
    }

    private NpgsqlDataSource Open(LimitedRole role, string? sql = null)
    {
        var builder = new NpgsqlDataSourceBuilder(role.ConnectionString);
        builder.UsePhysicalConnectionInitializer(_ => { }, async connection =>
        {
            Interlocked.Increment(ref _opened);
            await using var command = new NpgsqlCommand(sql ?? "SELECT", connection);
            await command.ExecuteNonQueryAsync();
        });
        return builder.Build();
    }
}
