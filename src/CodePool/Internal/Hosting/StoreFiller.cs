using CodePool.Internal.Telemetry;
using CodePool.Providers;

namespace CodePool.Internal.Hosting;

/// <summary>Generates and stores batches until a target is reached, drawing again what the unique constraint refused, in bounded rounds.</summary>
internal sealed class StoreFiller(CodeStore store, CodeGenerator generator, StoreOpening opening, PoolTelemetry telemetry)
{
    /// <summary>
    /// Rounds without a single new code before the keyspace counts as exhausted. Each draws four times what one new code
    /// is expected to take, so a code that is left is missed with e^-4 a round: e^-32 in all.
    /// </summary>
    private const int FruitlessRounds = 8;
    private const double DrawsPerExpected = 4;
    private const int MaxDraws = 200_000;

    /// <summary>The smallest batch, as a share of the store's largest.</summary>
    private const int SmallestShare = 20;

    /// <summary>A batch is no larger than this share of what is left, so that it is stored before takes have used that up.</summary>
    private const int LargestShare = 4;

    private TaskCompletionSource _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int SmallestBatch => Math.Max(1, store.FillBatchSize / SmallestShare);

    /// <summary>Ends with the next batch that brings codes: long before a fill does, while others take them as fast as they come.</summary>
    public Task NextBatch => Volatile.Read(ref _stored).Task;

    public async ValueTask<FillOutcome> FillAsync(long target, IProgress<FillProgress>? progress, CancellationToken cancellationToken)
    {
        long generated = (await opening.EnsureAsync(cancellationToken).ConfigureAwait(false)).Generated;
        long stored = 0, refused = 0, available = 0, last = 0;
        int size = SmallestBatch;
        for (int fruitless = 0; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            FillResult batch = await StoreBatchAsync(target, size, generated, cancellationToken).ConfigureAwait(false);
            size = NextSize(size, batch, available, last);
            (available, last, generated) = (batch.Available, batch.Stored, batch.Generated);
            stored += batch.Stored;
            refused += batch.Refused;
            progress?.Report(new FillProgress(batch.Available, target, stored, refused));

            double share = refused == 0 ? 0 : (double)refused / (refused + stored);
            if (batch.Available >= target)
                return new FillOutcome(batch.Available, Exhausted: false, share);
            fruitless = batch.Stored > 0 ? 0 : fruitless + 1;
            if (fruitless == FruitlessRounds || generator.Format.Keyspace <= generated)
                return new FillOutcome(batch.Available, Exhausted: true, share);
        }
    }

    /// <summary>
    /// Callers who find the store empty wait for the next batch: it is a small one, and larger ones follow when codes are left over.
    /// Where takes use up less than half of what is stored, each is twice as large as the one before: an initial fill soon has the largest.
    /// </summary>
    /// <param name="size">The size of the batch just stored.</param>
    /// <param name="batch">What it brought.</param>
    /// <param name="available">Codes available after the batch before.</param>
    /// <param name="last">Codes that the batch before stored: 0 when there was none.</param>
    private int NextSize(int size, FillResult batch, long available, long last)
    {
        long before = batch.Available - batch.Stored;
        long grown = last > 0 && (available - before) * 2 < last ? size * 2L : 0;
        return (int)Math.Clamp(Math.Max(grown, (before - last) / LargestShare), SmallestBatch, store.FillBatchSize);
    }

    private async ValueTask<FillResult> StoreBatchAsync(long target, int size, long generated, CancellationToken cancellationToken)
    {
        using PoolTelemetry.Step step = telemetry.Begin("fill");
        FillResult batch = await store
            .FillAsync(new FillRequest(target, size, missing => Draw(missing, generated)), cancellationToken)
            .ConfigureAwait(false);
        telemetry.Filled(batch);
        if (batch.Stored > 0)
            Interlocked.Exchange(ref _stored, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        return batch;
    }

    /// <summary>Draws what is missing, and to spare for the duplicates that so full a keyspace will bring.</summary>
    private string[] Draw(int missing, long generated)
    {
        double free = (double)(generator.Format.Keyspace - generated) / (double)generator.Format.Keyspace;
        if (free > 0.99)
            return generator.Generate(missing);
        double wanted = (missing + DrawsPerExpected) / Math.Max(free, 1e-9);
        double atLeast = Math.Min(DrawsPerExpected / Math.Max(free, 1e-9), MaxDraws);
        return generator.Generate((int)Math.Clamp(wanted, Math.Max(missing, atLeast), Math.Max(missing, MaxDraws)));
    }
}
