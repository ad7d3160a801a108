using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>A fill that nobody cancels, and whose COPY or turn waits for a transaction that goes on.</summary>
public sealed class BlockedFillTests : StoreSuite<PostgresHarness>
{
    /// <summary>More than the socket holds: the server reads none of it while it waits.</summary>
    private const int Many = 500_000;

    private static readonly string[] Codes = [.. Enumerable.Range(0, Many).Select(number => $"{number:D6}-CODES-AS-LONG-AS-THE-LONGEST")];

    [Theory]
    [InlineData(FillStep.WorthTwo, 0, false)]
    [InlineData(FillStep.WorthTwo, 0, true)]
    [InlineData(FillStep.WorthTwo, FillStep.WorthTwo - 1, false)]
    [InlineData(FillStep.WorthTwo, FillStep.WorthTwo - 1, true)]
    [InlineData(Many, 0, false)]
    public async Task A_row_of_somebody_else_is_not_waited_for_with_the_fill_row(int count, int place, bool weakened)
    {
        Harness.Options.ParallelFill = false;
        await using NpgsqlDataSource source = With(weakened ? "Command Timeout=2" : "");
        await using CodeStore store = await OpenAsync(source, Patience(weakened ? "0" : "100ms"));
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, Codes[place]);
        var failure = await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => FillAsync(store, count));
        Assert.DoesNotContain(Codes[place], failure.ToString(), StringComparison.Ordinal);

        // Without it the driver has left the connection, and a backend waits on that nobody hears of any more.
        Assert.Equal(weakened, await Harness.IsBlockingAsync(obstacle.ProcessId));
        if (weakened)
            return;

        // The obstacle is still there: nothing is half done, the error says what to look for, and others fill.
        Assert.Contains("lock_timeout", failure.Message, StringComparison.Ordinal);
        await Store.FillAsync(3);
        await Store.AssertLevelsAsync(available: 3);
        await obstacle.RemoveAsync();
        Assert.Equal(FillStep.WorthTwo, (await FillAsync(store, FillStep.WorthTwo)).Stored);
        await Store.AssertLevelsAsync(available: 3 + FillStep.WorthTwo);
    }

    /// <summary>Another filler may take as long as it takes, wherever this one stands behind it.</summary>
    [Theory]
    [InlineData("fill.turn", false)]
    [InlineData("fill.turn", true)]
    [InlineData("fill.line", false)]
    [InlineData("fill.line", true)]
    [InlineData("fill.lock", false)]
    [InlineData("fill.lock", true)]
    public async Task Other_fillers_are_waited_for_without_end(string wait, bool weakened)
    {
        await using CodeStore store = await OpenAsync(Harness.DataSource, (name, sql) => name switch
        {
            "fill.patience" => Statement.Set(sql, "'5s'", "'10ms'"),
            "fill.settings" when weakened => $"{sql}, set_config('lock_timeout', '10ms', true)",
            _ => sql,
        });
        await using NpgsqlConnection other = await Harness.Others.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await other.BeginTransactionAsync(Token);
        short pool = await other.ExecuteScalarAsync<short>($"SELECT id FROM {Harness.Name("pools")}");
        await other.ExecuteAsync(new PostgresStatements(new PostgresNames(Harness.Options))[wait], new { pool });
        Task<FillResult> filling = FillAsync(store, 3);
        if (weakened)
        {
            await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => filling);
            return;
        }

        int backend = await Harness.WaitUntilBlockedAsync(other.ProcessID);
        while (!await Harness.HasWaitedAsync(backend, TimeSpan.FromMilliseconds(100)))
            Assert.False(filling.IsCompleted);
        await transaction.RollbackAsync(Token);
        Assert.Equal(3, (await filling).Stored);
    }

    private NpgsqlDataSource With(string settings) => NpgsqlDataSource.Create($"{Harness.DataSource.ConnectionString};{settings}");

    private async Task<CodeStore> OpenAsync(NpgsqlDataSource source, Func<string, string, string> weaken)
    {
        var store = new PostgresCodeStore(PoolName, source, ownsDataSource: false, Harness.Options, TimeProvider.System, weaken);
        await store.OpenAsync(new PoolDefinition(PoolName, Format, CodeConsistency.Journaled), Token);
        return store;
    }

    private static Func<string, string, string> Patience(string time) =>
        (name, sql) => name == "fill.patience" ? Statement.Set(sql, "'5s'", $"'{time}'") : sql;

    private static Task<FillResult> FillAsync(CodeStore store, int count) => Task.Run(
        async () => await store.FillAsync(new FillRequest(long.MaxValue, count, drawn => Codes[..drawn]), Token), Token);
}
