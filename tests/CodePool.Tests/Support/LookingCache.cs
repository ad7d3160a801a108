using CodePool.Providers;

namespace CodePool.Tests.Support;

/// <summary>A shared cache that answers one look, and cannot be reached afterwards.</summary>
internal sealed class LookingCache(CacheView view) : CodeCache
{
    private int _looks;

    public override EpochKind Kind => EpochKind.Redis;

    public override ValueTask<CacheView> LookAsync(CancellationToken cancellationToken) =>
        Interlocked.Increment(ref _looks) == 1 ? new(view) : throw Away();

    public override ValueTask<CacheStatus> OpenAsync(Epoch epoch, CancellationToken cancellationToken) => throw Away();

    public override void Join(Epoch epoch)
    {
    }

    public override ValueTask<CacheStatus> PushAsync(Epoch epoch, Lease lease, CancellationToken cancellationToken) => throw Away();

    public override ValueTask<IReadOnlyList<long>?> FindUnknownAsync(
        Epoch epoch, IReadOnlyList<long> leases, CancellationToken cancellationToken) => throw Away();

    public override ValueTask<PopResult> PopAsync(int maxCount, CancellationToken cancellationToken) => throw Away();

    public override ValueTask<JournalBatch?> ReadJournalAsync(int maxCount, CancellationToken cancellationToken) => throw Away();

    public override ValueTask TrimJournalAsync(JournalBatch batch, CancellationToken cancellationToken) => throw Away();

    public override ValueTask<JournalBatch?> ReadFrozenAsync(Epoch epoch, long skip, int maxCount, CancellationToken cancellationToken) =>
        throw Away();

    public override ValueTask DropFrozenAsync(Epoch epoch, long entries, CancellationToken cancellationToken) => throw Away();

    public override ValueTask<IReadOnlyList<FinishedLease>> GetFinishedLeasesAsync(CancellationToken cancellationToken) => throw Away();

    public override ValueTask ForgetAsync(IReadOnlyList<FinishedLease> leases, long settledTo, CancellationToken cancellationToken) =>
        throw Away();

    public override ValueTask<CacheLevels?> GetLevelsAsync(CancellationToken cancellationToken) => throw Away();

    private static CodePoolCacheUnavailableException Away() => new(World.Pool, "away, as the test told it.");
}
