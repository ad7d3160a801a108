using CodePool.Internal.Hosting;
using CodePool.Internal.Telemetry;
using CodePool.Providers;

namespace CodePool.Internal.Taking;

/// <summary>Confirmed: popped codes are claimed in the store by one conditional update, and only what it returned is handed out.</summary>
internal sealed class ConfirmedSource(
    TierPops pops, CodeStore store, Recovery recovery, LastProof proof, CodePoolOptions options, PoolTelemetry telemetry, TimeProvider time) : CodeSource
{
    /// <summary>How many codes are confirmed ahead for each that is asked for, as far as the option allows: a quiet process is left with few.</summary>
    private const int AheadOfEach = 32;

    private const int Attempts = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    private long _taken;

    public override long Taken => Interlocked.Read(ref _taken);

    /// <remarks>
    /// What is confirmed ahead is Used by the time that anybody has it, like the rest; the queue keeps it for its next callers, as it
    /// keeps the code of a caller who has left.
    /// </remarks>
    public override async ValueTask<IReadOnlyList<string>> TakeAsync(int maxCount)
    {
        // Each of the turns that may be under way at once has its share: together they confirm no more ahead than the option allows.
        // And none while what there is may be held, lest it becomes ever more.
        long ahead = options.ConfirmAhead > 0 && proof.IsRecent
            ? Math.Min(options.ConfirmAhead / store.ConfirmConcurrency, maxCount * (long)AheadOfEach)
            : 0;
        int wanted = (int)Math.Min(maxCount + ahead, int.MaxValue);
        while (true)
        {
            PopResult pop = await pops.PopAsync(wanted).ConfigureAwait(false);
            if (pop.Codes.Count == 0)
                return [];

            IReadOnlyList<int> mine = await ClaimAsync(pop.Epoch!, pop.Codes).ConfigureAwait(false);
            Interlocked.Add(ref _taken, mine.Count);
            telemetry.Marked(mine.Count);
            if (mine.Count > 0)
                return [.. mine.Select(index => pop.Codes[index].Code)];
        }
    }

    /// <summary>
    /// Claims under one operation id, however often it must be tried: an update whose reply was lost is found again by its
    /// id, and only the last answer is used. What stays unclaimed goes back to Available when its lease is settled.
    /// </summary>
    private async ValueTask<IReadOnlyList<int>> ClaimAsync(Epoch epoch, IReadOnlyList<LeasedCode> codes)
    {
        long begun = proof.Begin();
        Guid operation = Tokens.New();
        using PoolTelemetry.Step step = telemetry.Begin("confirm");
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                IReadOnlyList<int> mine = await store.ConfirmAsync(epoch, operation, codes, CancellationToken.None).ConfigureAwait(false);

                // One of the attempts found the lease open. An earlier one perhaps, with a recovery between it and this answer: but none of
                // them was before the operation.
                if (mine.Count > 0)
                    proof.Prove(begun);
                return mine;
            }
            catch (CodePoolStoreUnavailableException) when (attempt < Attempts)
            {
                await Task.Delay(FirstPause * (1 << attempt), time).ConfigureAwait(false);
            }
            catch (CodePoolStoreUnavailableException)
            {
                // One of the attempts may have been committed: then these are Used, and nobody has them.
                telemetry.Undelivered(codes.Count, "claim-lost");
                throw;
            }
            catch (StoreRewoundException rewound)
            {
                // A part may have been Used before the rest was refused, or an attempt committed whose reply was lost.
                telemetry.Undelivered(codes.Count, "claim-lost");
                await recovery.AnswerAsync(rewound, CancellationToken.None).ConfigureAwait(false);
                return [];
            }
        }
    }
}
