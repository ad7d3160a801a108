using CodePool.ContractTests;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;

namespace CodePool.Postgres.Tests;

/// <summary>A COPY that ends while codes are still being sent: there are more of them than the socket holds, and the server reads none.</summary>
public sealed class BrokenCopyTests : StoreSuite<PostgresHarness>
{
    private const int Many = 500_000;

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

    private static Task<FillResult> FillAsync(CodeStore store, CancellationToken token) =>
        Task.Run(async () => await store.FillAsync(new FillRequest(long.MaxValue, Many, _ => Codes), token), Token);
}
