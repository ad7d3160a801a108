namespace CodePool.Providers;

/// <summary>
/// The fast pool that takes are served from: one instance serves one pool. Derive from it to keep ready codes somewhere else.
/// </summary>
/// <remarks>
/// A cache orders the hand-out; who owns a code is the store's to decide. Every member is fenced: it compares the epoch's
/// token (and whatever tells the cache that its data may have gone back) before it touches anything.
/// </remarks>
public abstract class CodeCache : IAsyncDisposable
{
    /// <summary>What one epoch of this cache is an opening of.</summary>
    public abstract EpochKind Kind { get; }

    /// <summary>What the fence compares: Redis' replication id, or host and process.</summary>
    public abstract ValueTask<string> GetIdentityAsync(CancellationToken cancellationToken);

    /// <summary>Makes <paramref name="epoch"/> the cache's epoch, empty. Sent once, by the process that inserted the epoch, never retried.</summary>
    public abstract ValueTask<CacheStatus> OpenAsync(Epoch epoch, CancellationToken cancellationToken);

    /// <summary>Adds one whole lease; repeating it changes nothing.</summary>
    public abstract ValueTask<CacheStatus> PushAsync(Epoch epoch, Lease lease, CancellationToken cancellationToken);

    /// <summary>Pops up to <paramref name="maxCount"/> codes of one epoch; in a Journaled epoch they are in the journal when this returns. Never retried.</summary>
    public abstract ValueTask<PopResult> PopAsync(int maxCount, CancellationToken cancellationToken);

    /// <summary>Reads the head of the journal, up to <paramref name="maxCount"/> codes of one epoch; null when it is empty.</summary>
    public abstract ValueTask<JournalBatch?> ReadJournalAsync(int maxCount, CancellationToken cancellationToken);

    /// <summary>Trims a batch that the store has marked, only if it still is the head of the journal.</summary>
    public abstract ValueTask TrimJournalAsync(JournalBatch batch, CancellationToken cancellationToken);

    /// <summary>Leases of which nothing is left here, neither to pop nor in the journal; after a grace in a Confirmed epoch, whose claims may be under way.</summary>
    public abstract ValueTask<IReadOnlyList<FinishedLease>> GetFinishedLeasesAsync(CancellationToken cancellationToken);

    /// <summary>Forgets leases that the store has settled.</summary>
    public abstract ValueTask ForgetAsync(IReadOnlyList<FinishedLease> leases, CancellationToken cancellationToken);

    /// <summary>How much is ready and how much waits in the journal.</summary>
    public abstract ValueTask<CacheLevels> GetLevelsAsync(CancellationToken cancellationToken);

    /// <summary>Releases what the cache opened itself, never what the host owns.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
