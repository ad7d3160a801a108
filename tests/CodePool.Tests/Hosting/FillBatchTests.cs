using CodePool.ContractTests;
using CodePool.Internal;
using CodePool.Internal.Hosting;
using CodePool.Internal.InMemory;
using CodePool.Internal.Telemetry;
using CodePool.Providers;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodePool.Tests.Hosting;

/// <summary>How large the batches of a fill are: small where callers wait for them, large where codes lie in store.</summary>
public sealed class FillBatchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pool_that_nobody_takes_from_is_filled_in_batches_that_grow()
    {
        await using var store = new RecordingStore(batch: 5_000, takesAll: false);
        await FillAsync(store, target: 30_000);

        Assert.Equal(250, store.Batches[0]);
        Assert.Equal(store.Batches.Order(), store.Batches);
        Assert.Equal(5_000, store.Batches[^1]);
        Assert.InRange(store.Batches.Count, 10, 40);
    }

    [Fact]
    public async Task A_pool_that_is_taken_empty_is_filled_in_small_ones()
    {
        await using var store = new RecordingStore(batch: 5_000, takesAll: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FillAsync(store, target: 30_000));

        Assert.All(store.Batches, batch => Assert.Equal(250, batch));
    }

    [Fact]
    public async Task A_store_of_the_smallest_batches_is_filled()
    {
        await using var store = new RecordingStore(batch: 1, takesAll: false);
        await FillAsync(store, target: 10);

        Assert.All(store.Batches, batch => Assert.Equal(1, batch));
    }

    private static async Task FillAsync(RecordingStore store, long target)
    {
        var format = new CodeFormat(CodeAlphabet.Crockford, 12);
        var opening = new StoreOpening(store, new PoolDefinition("fill", format.ToString(), CodeConsistency.Journaled), NullLogger.Instance);
        using var telemetry = new PoolTelemetry("fill", null, TimeProvider.System);
        await new StoreFiller(store, new CodeGenerator(format), opening, telemetry).FillAsync(target, null, store.TakenOften);
    }

    /// <summary>After each batch all of it is leased, if so wished, before the next one is asked for; until that has been seen often enough.</summary>
    private sealed class RecordingStore(int batch, bool takesAll) : DelegatingCodeStore(
        new InMemoryCodeStore(new InMemoryDatabase(), "fill", TimeProvider.System))
    {
        private readonly CancellationTokenSource _often = new();
        private Epoch? _epoch;

        public List<int> Batches { get; } = [];

        public CancellationToken TakenOften => _often.Token;

        public override int FillBatchSize => batch;

        public override async ValueTask<FillResult> FillAsync(FillRequest request, CancellationToken cancellationToken)
        {
            Batches.Add(request.MaxBatch);
            FillResult result = await base.FillAsync(request, cancellationToken);
            if (!takesAll)
                return result;
            _epoch ??= await OpenEpochAsync(new EpochRequest(EpochKind.Process, Guid.NewGuid(), "test"), Token);
            await LeaseAsync(new LeaseRequest(_epoch!, Guid.NewGuid(), 100_000, 0), Token);
            if (Batches.Count == 30)
                await _often.CancelAsync();
            return result;
        }
    }
}
