using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>
/// The second half of a batch alone, beside a first half that the test plays: so nothing in this process can end it in time, and what
/// keeps the numbers gapless is the database. Codes 1 to 3 are the first half, 4 to 6 the second.
/// </summary>
public sealed class SecondHalfTests : StoreSuite<PostgresHarness>
{
    private const int Half = 3;

    [Fact]
    public async Task It_stays_after_the_first_has_committed_and_not_before()
    {
        await using FirstHalf first = await BeginAsync();
        await using SecondHalf second = await Harness.CopySecondAsync(PoolName, Half);
        await Harness.WaitUntilBlockedAsync(first.ProcessId);
        Assert.Equal(0, (await Store.GetLevelsAsync(Token)).Generated);
        await first.StoreAsync(Half);
        await first.CommitAsync();
        Assert.Equal(Half, await second.FinishAsync());
        await Store.AssertLevelsAsync(available: 2 * Half);
        Assert.Equal(TestCodes.Range(1, 2 * Half), (await Store.LeaseAsync(await Store.OpenProcessAsync(), 2 * Half)).Codes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_goes_with_a_first_half_that_is_rolled_back(bool weakened)
    {
        await using FirstHalf first = await BeginAsync();
        await using SecondHalf second = await Harness.CopySecondAsync(PoolName, Half, WithoutExpected(weakened));
        await Harness.WaitUntilBlockedAsync(first.ProcessId);
        await first.StoreAsync(Half);
        await first.RollbackAsync();
        await AssertGoneAsync(second, weakened, available: 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_goes_with_a_first_half_whose_backend_is_ended(bool weakened)
    {
        await using FirstHalf first = await BeginAsync();
        await using SecondHalf second = await Harness.CopySecondAsync(PoolName, Half, WithoutExpected(weakened));
        await Harness.WaitUntilBlockedAsync(first.ProcessId);
        await first.StoreAsync(Half);
        await Harness.TerminateAsync(first.ProcessId);
        await AssertGoneAsync(second, weakened, available: 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_goes_when_the_first_half_has_stored_another_count(bool weakened)
    {
        await using FirstHalf first = await BeginAsync();
        await using SecondHalf second = await Harness.CopySecondAsync(PoolName, Half, WithoutExpected(weakened));
        await Harness.WaitUntilBlockedAsync(first.ProcessId);
        await first.StoreAsync(Half - 1);
        await first.CommitAsync();
        await AssertGoneAsync(second, weakened, available: Half - 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_goes_when_a_recovery_has_begun(bool weakened)
    {
        await using FirstHalf first = await BeginAsync();
        await using SecondHalf second = await Harness.CopySecondAsync(
            PoolName, Half, Without(weakened, "NOT recovering AND", "true AND"));
        await Harness.WaitUntilBlockedAsync(first.ProcessId);
        await first.StoreAsync(Half);
        await Harness.ExecuteAsync($"UPDATE {Harness.Name("pools")} SET recovering = true");
        await first.CommitAsync();

        // The pool may be one that an operator has to resume: nothing that was drawn before may come to it.
        Assert.Equal(weakened ? Half : 0, await second.FinishAsync());
        await Store.AssertLevelsAsync(available: weakened ? 2 * Half : Half);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_goes_when_the_database_is_another_one(bool weakened)
    {
        await using FirstHalf first = await BeginAsync();
        await using SecondHalf second = await Harness.CopySecondAsync(
            PoolName, Half, Without(weakened, "identity = codepool.database_identity()", "true"));
        await Harness.WaitUntilBlockedAsync(first.ProcessId);
        await first.StoreAsync(Half);
        await Harness.ChangeIdentityAsync(PoolName, Token);
        await first.CommitAsync();
        Assert.Equal(weakened ? Half : 0, await second.FinishAsync());
    }

    [Fact]
    public async Task Ended_by_itself_it_leaves_the_first_half()
    {
        await using FirstHalf first = await BeginAsync();
        await using SecondHalf second = await Harness.CopySecondAsync(PoolName, Half);
        int backend = await Harness.WaitUntilBlockedAsync(first.ProcessId);
        await first.StoreAsync(Half);
        await Harness.TerminateAsync(backend);
        Assert.Equal(0, await second.FinishAsync());
        await first.CommitAsync();
        await Store.AssertLevelsAsync(available: Half);
    }

    [Fact]
    public async Task Abandoned_while_it_waits_it_leaves_nothing()
    {
        await using FirstHalf first = await BeginAsync();
        await using SecondHalf second = await Harness.CopySecondAsync(PoolName, Half);
        await Harness.WaitUntilBlockedAsync(first.ProcessId);
        await second.AbandonAsync();
        await first.StoreAsync(Half);
        await first.CommitAsync();
        await Store.AssertLevelsAsync(available: Half);
        await Store.FillAsync(Half);
    }

    /// <summary>By itself it would give way after two seconds, with the first half and its caller waiting.</summary>
    [Fact]
    public async Task Abandoned_while_its_copy_is_blocked_it_ends_at_once()
    {
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, TestCodes.Of(Half + 1));
        await using SecondHalf second = await Harness.CopySecondAsync(
            PoolName, Half, (name, sql) => name == "second_half.settings" ? sql.Replace("'2s'", "'0'", StringComparison.Ordinal) : sql);
        await Harness.WaitUntilBlockedAsync(obstacle.ProcessId);
        await second.AbandonAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), Token);
        await Store.FillAsync(Half - 1);
        await Store.AssertLevelsAsync(available: Half - 1);
    }

    private async Task AssertGoneAsync(SecondHalf second, bool weakened, long available)
    {
        Assert.Equal(weakened ? Half : 0, await second.FinishAsync());
        if (weakened)
        {
            Assert.NotEmpty((await Store.AuditAsync(Token)).Findings);
            return;
        }

        await Store.AssertLevelsAsync(available: available);
        await Store.FillAsync(2 * Half);
        await Store.AssertLevelsAsync(available: available + (2 * Half));
    }

    private Task<FirstHalf> BeginAsync() => FirstHalf.BeginAsync(Harness);

    /// <summary>Without asking whether the first half ended as it should have.</summary>
    private static Func<string, string, string>? WithoutExpected(bool weakened) => Without(weakened, "AND filled_to = @expected", "AND @expected > 0");

    private static Func<string, string, string>? Without(bool weakened, string protection, string nothing) => weakened
        ? (name, sql) => name == "second_half.advance" ? sql.Replace(protection, nothing, StringComparison.Ordinal) : sql
        : null;
}
