using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>
/// The second half of a batch, and whoever else inserts codes or holds the fill row. Each test plays the first half, which takes no turn, so that the others
/// do come between; whoever loses a deadlock, the numbers are gapless and the sum holds.
/// </summary>
public sealed class SecondHalfConflictTests : StoreSuite<PostgresHarness>
{
    private const int Half = 3;

    [Fact]
    public async Task Another_process_fills_between_the_halves()
    {
        await using FirstHalf first = await FirstHalf.BeginAsync(Harness);
        CodeStore other = await OpenStoreAsync();
        Task<FillResult> filling = other.FillAsync(new FillRequest(10, 10, count => TestCodes.Range(100, count)), Token).AsTask();
        int filler = await Harness.WaitUntilBlockedAsync(first.ProcessId);

        // It stands behind the other filler, which will meet its numbers.
        await using SecondHalf second = await Harness.CopySecondAsync(PoolName, Half);
        await Harness.WaitUntilBlockedAsync(filler);
        await first.StoreAsync(Half);
        await first.CommitAsync();
        Assert.Contains(await second.FinishAsync(), new[] { 0, Half });
        Assert.Equal(10, (await filling).Available);
        await Store.AssertLevelsAsync(available: 10);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_next_filler_waits_for_the_second_half_and_does_not_meet_its_numbers(bool weakened)
    {
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, TestCodes.Of(Half + 1));
        await using FirstHalf first = await FirstHalf.BeginAsync(Harness);
        await using SecondHalf second = await Harness.CopySecondAsync(
            PoolName, Half, weakened ? (name, sql) => name == "second_half.line" ? "SELECT @expected" : sql : null);
        int backend = await Harness.WaitUntilBlockedAsync(obstacle.ProcessId);
        await first.StoreAsync(Half);
        await first.CommitAsync();
        Task<FillResult> filling = Store.FillAsync(new FillRequest(10, 10, count => TestCodes.Range(100, count)), Token).AsTask();
        int filler = await Harness.WaitUntilBlockedAsync(backend);
        string wait = await Harness.QueryAsync<string>("SELECT wait_event FROM pg_stat_activity WHERE pid = @filler", new { filler });
        Assert.Equal(weakened ? "transactionid" : "advisory", wait);
        await obstacle.RemoveAsync();
        int more = await second.FinishAsync();
        Assert.True(weakened || more == Half);
        Assert.Equal(10, (await filling).Available);
        await Store.AssertLevelsAsync(available: 10);
    }

    [Fact]
    public async Task Codes_are_adopted_between_the_halves()
    {
        await using FirstHalf first = await FirstHalf.BeginAsync(Harness);
        CodeStore other = await OpenStoreAsync();
        Task<int> adopting = other.AdoptAsync("LOST");
        int before = await Harness.WaitUntilBlockedAsync(first.ProcessId);
        await using SecondHalf second = await Harness.CopySecondAsync(PoolName, Half);
        await Harness.WaitUntilBlockedAsync(before);
        await first.StoreAsync(Half);
        await first.CommitAsync();
        int more = await second.FinishAsync();
        Assert.Equal(1, await adopting);
        await Store.AssertLevelsAsync(available: Half + more, used: 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_recovery_comes_between_the_halves(bool resume)
    {
        Epoch epoch = await Store.OpenProcessAsync();
        await using FirstHalf first = await FirstHalf.BeginAsync(Harness);
        CodeStore other = await OpenStoreAsync();
        Task<RecoveryResult> recovery = other.RecoverAsync(epoch.Number, resume);
        int before = await Harness.WaitUntilBlockedAsync(first.ProcessId);
        await using SecondHalf second = await Harness.CopySecondAsync(PoolName, Half);
        await Harness.WaitUntilBlockedAsync(before);
        await first.StoreAsync(Half);
        await first.CommitAsync();
        int more = await second.FinishAsync();
        Assert.True((await recovery).Performed);

        // Its codes are above the record of the recovery, in nobody's hand; a pool that waits for an operator gets none.
        Assert.True(resume || more == 0);
        await Store.AssertLevelsAsync(available: more, unconfirmed: Half);
    }

    [Fact]
    public async Task A_code_that_the_first_half_has_ends_the_second_soon()
    {
        await using FirstHalf first = await FirstHalf.BeginAsync(Harness);
        await first.StoreAsync(Half, TestCodes.Of(Half + 1));
        await using SecondHalf second = await Harness.CopySecondAsync(PoolName, Half);

        // The first half is not over, as a fill that waits for the copy of the second; the second gives way by itself.
        Assert.Equal(0, await second.FinishAsync());
        await first.CommitAsync();
        await Store.AssertLevelsAsync(available: Half);
    }

    [Fact]
    public async Task A_code_that_the_second_half_has_costs_one_of_them_and_no_gap()
    {
        await using FirstHalf first = await FirstHalf.BeginAsync(Harness);
        await using SecondHalf second = await Harness.CopySecondAsync(PoolName, Half);
        await Harness.WaitUntilBlockedAsync(first.ProcessId);
        bool stored = true;
        try
        {
            await first.StoreAsync(Half, TestCodes.Of(Half + 1));
            await first.CommitAsync();
        }
        catch (PostgresException lost) when (lost.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            stored = false;
            await first.RollbackAsync();
        }

        Assert.Equal(0, await second.FinishAsync());
        await Store.AssertLevelsAsync(available: stored ? Half : 0);
    }

    [Fact]
    public async Task A_code_that_the_store_has_ends_the_second_half()
    {
        await Store.FillAsync(TestCodes.Of(Half + Half + 1));
        await using FirstHalf first = await FirstHalf.BeginAsync(Harness);
        await using SecondHalf second = await Harness.CopySecondAsync(PoolName, Half, filledTo: 1 + Half);
        Assert.Equal(0, await second.FinishAsync());
        Assert.True(second.MetDuplicate);
        await first.StoreAsync(Half, from: 2);
        await first.CommitAsync();
        await Store.AssertLevelsAsync(available: 1 + Half);
    }
}
