using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>A whole fill by two halves: what its caller is told, whatever becomes of either.</summary>
public sealed class ParallelFillTests : StoreSuite<PostgresHarness>
{
    private const int Batch = FillStep.WorthTwo;
    private const int Half = Batch / 2;

    [Fact]
    public async Task Two_connections_store_a_batch_in_the_order_drawn()
    {
        Assert.Equal(new FillResult(Batch, Batch, Batch, Batch), await FillAsync());
        await Store.AssertLevelsAsync(available: Batch);
        Assert.Equal(Codes(), (await Store.LeaseAsync(await Store.OpenProcessAsync(), Batch)).Codes);
        await FillAsync(Codes(from: Batch + 1));
        await Store.AssertLevelsAsync(available: Batch, leased: Batch);
    }

    [Fact]
    public async Task While_the_first_half_waits_nothing_of_the_second_is_seen()
    {
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, TestCodes.Of(1));
        Task<FillResult> filling = FillAsync();
        int first = await Harness.WaitUntilBlockedAsync(obstacle.ProcessId);
        await Harness.WaitUntilBlockedAsync(first);
        await Store.AssertLevelsAsync();
        await obstacle.RemoveAsync();
        Assert.Equal(Batch, (await filling).Stored);
        await Store.AssertLevelsAsync(available: Batch);
    }

    [Fact]
    public async Task The_first_half_ended_its_error_is_told_and_nothing_stays()
    {
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, TestCodes.Of(1));
        Task<FillResult> filling = FillAsync();
        int first = await Harness.WaitUntilBlockedAsync(obstacle.ProcessId);
        await Harness.WaitUntilBlockedAsync(first);
        await Harness.TerminateAsync(first);
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => filling);
        await Store.AssertLevelsAsync();
        await obstacle.RemoveAsync();
        await FillAsync();
        await Store.AssertLevelsAsync(available: Batch);
    }

    [Fact]
    public async Task The_second_half_ended_the_first_is_stored_and_counted()
    {
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, TestCodes.Of(1));
        Task<FillResult> filling = FillAsync();
        int first = await Harness.WaitUntilBlockedAsync(obstacle.ProcessId);
        await Harness.TerminateAsync(await Harness.WaitUntilBlockedAsync(first));
        await obstacle.RemoveAsync();
        Assert.Equal(new FillResult(Half, Half, Half, Half), await filling);
        await Store.AssertLevelsAsync(available: Half);
        await FillAsync(Codes(from: Half + 1));
        await Store.AssertLevelsAsync(available: Half + Batch);
    }

    [Fact]
    public async Task Cancellation_ends_both()
    {
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, TestCodes.Of(1));
        using var source = new CancellationTokenSource();
        Task<FillResult> filling = FillUnderAsync(Codes(), source.Token);
        int first = await Harness.WaitUntilBlockedAsync(obstacle.ProcessId);
        await Harness.WaitUntilBlockedAsync(first);
        await source.CancelAsync();
        await obstacle.RemoveAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => filling);
        await Store.AssertLevelsAsync();
        await FillAsync();
        await Store.AssertLevelsAsync(available: Batch);
    }

    [Fact]
    public async Task A_duplicate_in_the_first_half_is_refused_alone()
    {
        await Store.FillAsync(TestCodes.Of(7));
        Assert.Equal(new FillResult(Batch, Batch - 1, Batch, Batch), await FillAsync());
        await Store.AssertLevelsAsync(available: Batch);
    }

    [Fact]
    public async Task A_duplicate_in_the_second_half_leaves_the_first_and_is_looked_for_next_time()
    {
        await Store.FillAsync(TestCodes.Of(Batch));
        Assert.Equal(new FillResult(Half, Half, Half + 1, Half + 1), await FillAsync());

        // By one connection: it draws until duplicates do not come any more.
        FillResult next = await Store.FillAsync(new FillRequest(long.MaxValue, Batch, _ => Codes(from: Half + 1)), Token);
        Assert.Equal(new FillResult(Batch, Batch - 1, Half + Batch, Half + Batch), next);
        await Store.AssertLevelsAsync(available: Half + Batch);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Half - 1)]
    public async Task A_code_in_both_halves_leaves_no_gap(int place)
    {
        string[] codes = Codes();
        codes[^1] = codes[place];
        FillResult result = await FillAsync(codes);
        Assert.InRange(result.Stored, Half, Batch - 1);
        await Store.AssertLevelsAsync(available: result.Stored);
    }

    /// <summary>Once, the second half was kept as soon as the first lay in the socket: whether two connections shared a batch was a race.</summary>
    [Fact]
    public async Task A_second_connection_that_comes_while_the_first_half_is_copied_has_its_half()
    {
        var comes = new TaskCompletionSource();
        int connections = 0;
        var builder = new NpgsqlDataSourceBuilder(Harness.DataSource.ConnectionString);
        builder.UsePhysicalConnectionInitializer(_ => { }, _ => Interlocked.Increment(ref connections) == 1 ? Task.CompletedTask : comes.Task);
        await using NpgsqlDataSource source = builder.Build();
        await using var store = new PostgresCodeStore(PoolName, source, ownsDataSource: false, Harness.Options, TimeProvider.System);
        await store.OpenAsync(new PoolDefinition(PoolName, Format, CodeConsistency.Journaled), Token);
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, TestCodes.Of(1));
        Task<FillResult> filling = store.FillAsync(new FillRequest(long.MaxValue, Batch, _ => Codes()), Token).AsTask();
        int first = await Harness.WaitUntilBlockedAsync(obstacle.ProcessId);
        comes.SetResult();
        await Harness.WaitUntilBlockedAsync(first);
        await obstacle.RemoveAsync();
        Assert.Equal(Batch, (await filling).Stored);
        await Store.AssertLevelsAsync(available: Batch);
    }

    [Fact]
    public async Task Fillers_take_turns_and_each_stores_both_halves()
    {
        CodeStore[] stores = [Store, await OpenStoreAsync(), await OpenStoreAsync()];
        FillResult[] results = await Task.WhenAll(stores.Select(async (store, place) => await store.FillAsync(
            new FillRequest(3 * Batch, Batch, _ => [.. Codes().Select(code => $"{place}{code}")]), Token)));
        Assert.Equal(3 * Batch, results.Sum(result => result.Stored));
        await Store.AssertLevelsAsync(available: 3 * Batch);
    }

    private Task<FillResult> FillAsync(string[]? codes = null) => FillUnderAsync(codes ?? Codes(), Token);

    /// <summary>The draw waits until both halves have a connection, so that none of the tests depends on who is faster.</summary>
    private Task<FillResult> FillUnderAsync(string[] codes, CancellationToken token) => Task.Run(async () => await Store.FillAsync(
        new FillRequest(long.MaxValue, Batch, _ =>
        {
            while (Harness.Count("idle in transaction") < 2)
                Token.ThrowIfCancellationRequested();
            return codes;
        }),
        token), Token);

    private static string[] Codes(int from = 1) => TestCodes.Range(from, Batch);
}
