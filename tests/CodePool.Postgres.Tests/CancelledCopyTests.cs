using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>A fill that is cancelled while its COPY waits for a transaction of somebody else, which goes on.</summary>
public sealed class CancelledCopyTests : StoreSuite<PostgresHarness>
{
    private const int Batch = FillStep.WorthTwo;
    private const int Half = Batch / 2;
    private const string NoRequest = "SELECT @backend, @began";

    /// <summary>For the driver, which would wait half a minute.</summary>
    private const string ShortTimeout = "Command Timeout=2";

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(Half + 1, false)]
    [InlineData(Half + 1, true)]
    public async Task It_ends_in_the_server_whichever_half_waits(int place, bool weakened)
    {
        await using NpgsqlDataSource source = With(weakened ? ShortTimeout : "");
        await using CodeStore store = await OpenAsync(source, WithoutLockTimeout(weakened));
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, TestCodes.Of(place));
        await CancelAsync(store, obstacle.ProcessId, BothAreThere);
        await AssertEndedAsync(obstacle.ProcessId, weakened);
        if (!weakened)
            Assert.Equal(Batch, (await FillAsync(store, Batch + 1, Token)).Stored);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_ends_before_its_first_row(bool weakened)
    {
        await using NpgsqlDataSource source = With(weakened ? ShortTimeout : "");
        await using CodeStore store = await OpenAsync(source, WithoutLockTimeout(weakened));
        await using NpgsqlConnection other = await Harness.Others.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await other.BeginTransactionAsync(Token);
        await other.ExecuteAsync($"LOCK TABLE {Harness.Name("codes")} IN EXCLUSIVE MODE");
        await CancelAsync(store, other.ProcessID);
        await AssertEndedAsync(other.ProcessID, weakened);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Half + 1)]
    public async Task It_ends_behind_PgBouncer(int place)
    {
        await using PgBouncer bouncer = await PgBouncer.StartAsync();
        await using NpgsqlDataSource source = NpgsqlDataSource.Create($"{bouncer.ConnectionString};Application Name={Harness.ApplicationName}");
        await using CodeStore store = await OpenAsync(source, WithoutLockTimeout(weakened: false));
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, TestCodes.Of(place));
        await CancelAsync(store, obstacle.ProcessId, BothAreThere);
        await AssertEndedAsync(obstacle.ProcessId, weakened: false);
        Assert.Equal(Batch, (await FillAsync(store, Batch + 1, Token)).Stored);
    }

    /// <summary>A pool of one; weakened, the driver breaks that one, and the request would get it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_another_connection_it_ends_by_its_lock_timeout(bool weakened)
    {
        await using NpgsqlDataSource source = With($"Maximum Pool Size=1;{(weakened ? ShortTimeout : "")}");
        await using CodeStore store = await OpenAsync(source, weakened
            ? WithoutLockTimeout(weakened)
            : (name, sql) => name == "fill.patience" ? Statement.Set(sql, "'5s'", "'500ms'") : sql);
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, TestCodes.Of(1));
        await CancelAsync(store, obstacle.ProcessId);
        await AssertEndedAsync(obstacle.ProcessId, weakened);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_next_transaction_of_that_backend_is_left_alone(bool weakened)
    {
        var statements = new PostgresStatements(new PostgresNames(Harness.Options), (name, sql) =>
            weakened && name == "fill.end" ? Statement.Set(sql, "xact_start = @began", "@began IS NOT NULL") : sql);
        await using NpgsqlConnection copying = await Harness.Others.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await copying.BeginTransactionAsync(Token);
        DateTime began = await copying.ExecuteScalarAsync<DateTime>("SELECT now()");
        await using NpgsqlConnection asking = await Harness.Others.OpenConnectionAsync(Token);
        Assert.Single(await EndAsync(began));
        Assert.Equal(weakened ? 1 : 0, (await EndAsync(began.AddMicroseconds(-1))).Count());

        Task<IEnumerable<bool>> EndAsync(DateTime time) =>
            asking.QueryAsync<bool>(statements["fill.end"], new { backend = copying.ProcessID, began = time });
    }

    /// <summary>The store's clock stands still: it never loses patience with the request.</summary>
    [Fact]
    public async Task A_request_under_way_meets_no_later_statement()
    {
        Harness.Options.ParallelFill = false;
        await using CodeStore store = await OpenAsync(
            Harness.DataSource, (name, sql) => name == "fill.end" ? "SELECT pg_advisory_xact_lock(@backend), @began" : sql, Harness.Time);
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, TestCodes.Of(1));
        using var source = new CancellationTokenSource();
        Task<FillResult> filling = FillAsync(store, 1, source.Token);
        int backend = await Harness.WaitUntilBlockedAsync(obstacle.ProcessId);
        await using NpgsqlConnection slow = await Harness.Others.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await slow.BeginTransactionAsync(Token);
        await slow.ExecuteAsync("SELECT pg_advisory_xact_lock(@backend)", new { backend });
        await source.CancelAsync();
        await Harness.WaitUntilBlockedAsync(slow.ProcessID);

        // The COPY ends meanwhile, by itself or, on a busy machine, by its lock time-out; the fill's transaction stays as it is until the request
        // has its answer.
        await obstacle.RemoveAsync();
        while (!await Harness.IsIdleInTransactionAsync(backend, TimeSpan.FromMilliseconds(300)))
            Assert.False(filling.IsCompleted);
        await transaction.RollbackAsync(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => filling);
        await Store.AssertLevelsAsync();
    }

    /// <summary>Cancels a fill that waits for somebody, who stays.</summary>
    private async Task CancelAsync(CodeStore store, int blocker, Func<bool>? until = null)
    {
        using var source = new CancellationTokenSource();
        Task<FillResult> filling = FillAsync(store, 1, source.Token, until);
        await Harness.WaitUntilBlockedAsync(blocker);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => filling);
        await Store.AssertLevelsAsync();
    }

    /// <summary>Weakened, the driver has left the connection, and a backend waits on.</summary>
    private async Task AssertEndedAsync(int blocker, bool weakened)
    {
        if (weakened)
            Assert.True(await Harness.IsBlockingAsync(blocker));
        while (!weakened && await Harness.IsBlockingAsync(blocker))
            Token.ThrowIfCancellationRequested();
    }

    private bool BothAreThere() => Harness.Count("idle in transaction") == 2;

    private NpgsqlDataSource With(string settings) => NpgsqlDataSource.Create($"{Harness.DataSource.ConnectionString};{settings}");

    private static Task<FillResult> FillAsync(CodeStore store, int from, CancellationToken token, Func<bool>? until = null) => Task.Run(
        async () => await store.FillAsync(
            new FillRequest(long.MaxValue, Batch, _ =>
            {
                while (until?.Invoke() == false)
                    Token.ThrowIfCancellationRequested();
                return TestCodes.Range(from, Batch);
            }),
            token),
        Token);

    private async Task<CodeStore> OpenAsync(NpgsqlDataSource source, Func<string, string, string> weaken, TimeProvider? time = null)
    {
        var store = new PostgresCodeStore(PoolName, source, ownsDataSource: false, Harness.Options, time ?? TimeProvider.System, weaken);
        await store.OpenAsync(new PoolDefinition(PoolName, Format, CodeConsistency.Journaled), Token);
        return store;
    }

    /// <summary>So that nothing but the request ends a COPY; weakened, not that either.</summary>
    private static Func<string, string, string> WithoutLockTimeout(bool weakened) => (name, sql) => name switch
    {
        "fill.patience" => Statement.Set(sql, "'5s'", "'0'"),
        "second_half.settings" => Statement.Set(sql, "'2s'", "'0'"),
        "fill.end" when weakened => NoRequest,
        _ => sql,
    };
}
