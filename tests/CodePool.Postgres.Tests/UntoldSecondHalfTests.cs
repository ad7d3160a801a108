using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>A second half that does not stay, and whose batch has lost nothing by it: nothing is told.</summary>
public sealed class UntoldSecondHalfTests : SecondHalfSuite
{
    [Fact]
    public async Task Duplicates_in_either_half_are_not_told()
    {
        foreach (int place in (int[])[1, Half + 1])
        {
            await using CodeStore store = await OpenAsync(Harness.DataSource);
            await Store.FillAsync(TestCodes.Of((Batch * Drawn) + place));
            await FillAsync(store, BothAreThere);
        }

        Assert.Empty(Log.Collector.GetSnapshot());
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
                await Store.FillAsync(TestCodes.Of((Batch * Drawn) + 1));
            await FillAsync(store, batch % 2 == 0 && connections == 2 ? BothAreThere : null);
        }

        Assert.Empty(Log.Collector.GetSnapshot());
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
        Assert.Empty(Log.Collector.GetSnapshot());
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
        Assert.Empty(Log.Collector.GetSnapshot());
    }
}
