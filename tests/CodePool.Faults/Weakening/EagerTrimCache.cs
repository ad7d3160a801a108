using CodePool.Providers;

namespace CodePool.Faults.Weakening;

/// <summary>Trims the journal when it is read, before the store has the marks.</summary>
internal sealed class EagerTrimCache(CodeCache inner) : DelegatingCache(inner)
{
    public override async ValueTask<JournalBatch?> ReadJournalAsync(int maxCount, CancellationToken cancellationToken)
    {
        JournalBatch? batch = await base.ReadJournalAsync(maxCount, cancellationToken);
        if (batch is not null)
            await base.TrimJournalAsync(batch, cancellationToken);
        return batch;
    }
}
