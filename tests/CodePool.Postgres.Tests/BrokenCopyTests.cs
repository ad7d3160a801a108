using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;

namespace CodePool.Postgres.Tests;

/// <summary>A COPY that ends while codes are still being sent: there are more of them than the socket holds, and the server reads none.</summary>
public sealed class BrokenCopyTests : StoreSuite<PostgresHarness>
{
    private const int Many = 500_000;

    /// <summary>Far less than the command timeout, 30 s.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private static readonly string[] Codes = [.. Enumerable.Range(0, Many).Select(number => $"{number:D6}-CODES-AS-LONG-AS-THE-LONGEST")];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Its_backend_ended_the_typed_error_is_told(bool parallel)
    {
        Harness.Options.ParallelFill = parallel;
        CodeStore store = await OpenStoreAsync();
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, Codes[0]);
        Task<FillResult> filling = FillAsync(store, Token);
        await Harness.TerminateAsync(await Harness.WaitUntilBlockedAsync(obstacle.ProcessId));
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => filling);
        await store.AssertLevelsAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelled_it_ends_as_cancelled(bool parallel)
    {
        Harness.Options.ParallelFill = parallel;
        CodeStore store = await OpenStoreAsync();
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, Codes[0]);
        using var source = new CancellationTokenSource();
        Task<FillResult> filling = FillAsync(store, source.Token);
        await Harness.WaitUntilBlockedAsync(obstacle.ProcessId);
        await source.CancelAsync();

        // Cancelled between two writes, the driver waits until the server has read what was sent.
        await obstacle.RemoveAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => filling);
        await store.AssertLevelsAsync();
    }

    /// <summary>It would wait for the other transaction, and keep the fill row: the driver sends no cancel request for a COPY.</summary>
    [Theory]
    [InlineData(Many, true)]
    [InlineData(Many, false)]
    [InlineData(FillStep.WorthTwo, true)]
    [InlineData(FillStep.WorthTwo, false)]
    public async Task Cancelled_it_does_not_wait_for_what_blocks_it(int count, bool parallel)
    {
        Harness.Options.ParallelFill = parallel;
        CodeStore store = await OpenStoreAsync();
        await using Obstacle obstacle = await Obstacle.PutAsync(Harness, Codes[0]);
        using var source = new CancellationTokenSource();
        Task<FillResult> filling = FillAsync(store, source.Token, count);
        await Harness.WaitUntilBlockedAsync(obstacle.ProcessId);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => filling.WaitAsync(Soon, Token));

        // The obstacle is still there, and nothing of the fill is in anybody's way.
        await store.FillAsync(3);
        await store.AssertLevelsAsync(available: 3);
    }

    private static Task<FillResult> FillAsync(CodeStore store, CancellationToken token, int count = Many) =>
        Task.Run(async () => await store.FillAsync(new FillRequest(long.MaxValue, count, drawn => Codes[..drawn]), token), Token);
}
