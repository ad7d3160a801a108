using CodePool.ContractTests;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>A second half that had its connection, and is lost: what the log says of it, without its codes.</summary>
public sealed class LostSecondHalfTests : SecondHalfSuite
{
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
}
