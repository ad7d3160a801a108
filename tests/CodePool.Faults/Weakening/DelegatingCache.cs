using CodePool.Providers;

namespace CodePool.Faults.Weakening;

/// <summary>A cache that does what another does.</summary>
internal abstract class DelegatingCache(CodeCache inner) : CodeCache
{
    public override EpochKind Kind => inner.Kind;

    public override void Attach(PoolRecord pool) => inner.Attach(pool);

    public override ValueTask<CacheView> LookAsync(CancellationToken cancellationToken) => inner.LookAsync(cancellationToken);

    public override ValueTask<CacheStatus> OpenAsync(Epoch epoch, CancellationToken cancellationToken) => inner.OpenAsync(epoch, cancellationToken);

    public override void Join(Epoch epoch) => inner.Join(epoch);

    public override ValueTask<CacheStatus> PushAsync(Epoch epoch, Lease lease, CancellationToken cancellationToken) =>
        inner.PushAsync(epoch, lease, cancellationToken);

    public override ValueTask<IReadOnlyList<long>?> FindUnknownAsync(Epoch epoch, IReadOnlyList<long> leases, CancellationToken cancellationToken) =>
        inner.FindUnknownAsync(epoch, leases, cancellationToken);

    public override ValueTask<PopResult> PopAsync(int maxCount, CancellationToken cancellationToken) => inner.PopAsync(maxCount, cancellationToken);

    public override ValueTask<JournalBatch?> ReadJournalAsync(int maxCount, CancellationToken cancellationToken) =>
        inner.ReadJournalAsync(maxCount, cancellationToken);

    public override ValueTask TrimJournalAsync(JournalBatch batch, CancellationToken cancellationToken) =>
        inner.TrimJournalAsync(batch, cancellationToken);

    public override ValueTask<JournalBatch?> ReadFrozenAsync(Epoch epoch, long skip, int maxCount, CancellationToken cancellationToken) =>
        inner.ReadFrozenAsync(epoch, skip, maxCount, cancellationToken);

    public override ValueTask DropFrozenAsync(Epoch epoch, long entries, CancellationToken cancellationToken) =>
        inner.DropFrozenAsync(epoch, entries, cancellationToken);

    public override ValueTask<IReadOnlyList<FinishedLease>> GetFinishedLeasesAsync(CancellationToken cancellationToken) =>
        inner.GetFinishedLeasesAsync(cancellationToken);

    public override ValueTask ForgetAsync(IReadOnlyList<FinishedLease> leases, long settledTo, CancellationToken cancellationToken) =>
        inner.ForgetAsync(leases, settledTo, cancellationToken);

    public override ValueTask<CacheLevels?> GetLevelsAsync(CancellationToken cancellationToken) => inner.GetLevelsAsync(cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }
}
