namespace CodePool.Providers;

/// <summary>
/// The fast pool that takes are served from: one instance serves one pool. Derive from it to keep ready codes somewhere else.
/// </summary>
/// <remarks>
/// <para>A cache orders the hand-out; who owns a code is the store's to decide. Every member but <see cref="LookAsync"/> is fenced: it
/// compares the epoch's token (and whatever tells the cache that its data may have gone back) before it touches anything.</para>
/// <para>A cache that cannot be reached throws <see cref="CodePoolCacheUnavailableException"/>; one that can never serve the pool as it is
/// configured, <see cref="CodePoolConfigurationException"/>.</para>
/// </remarks>
public abstract class CodeCache : IAsyncDisposable
{
    /// <summary>What one epoch of this cache is an opening of.</summary>
    public abstract EpochKind Kind { get; }

    /// <summary>Tells the cache whose codes it holds. Called when the store has been opened, before any other member; repeating it changes nothing.</summary>
    public virtual void Attach(PoolRecord pool)
    {
    }

    /// <summary>What the cache says of itself, whoever's epoch is open in it.</summary>
    public abstract ValueTask<CacheView> LookAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Makes <paramref name="epoch"/> the cache's epoch, empty, and takes part in it. Sent once, by the process that inserted the epoch,
    /// never retried.
    /// </summary>
    public abstract ValueTask<CacheStatus> OpenAsync(Epoch epoch, CancellationToken cancellationToken);

    /// <summary>Takes part in an epoch that another process has opened in this cache. Changes nothing in the cache itself.</summary>
    public abstract void Join(Epoch epoch);

    /// <summary>Adds one whole lease; repeating it changes nothing.</summary>
    public abstract ValueTask<CacheStatus> PushAsync(Epoch epoch, Lease lease, CancellationToken cancellationToken);

    /// <summary>Which of these leases were never pushed: to be pushed before anything is leased anew.</summary>
    /// <returns>Their numbers; null when the cache refuses the epoch.</returns>
    public abstract ValueTask<IReadOnlyList<long>?> FindUnknownAsync(Epoch epoch, IReadOnlyList<long> leases, CancellationToken cancellationToken);

    /// <summary>
    /// Pops up to <paramref name="maxCount"/> codes of one epoch; in a Journaled epoch they are in the journal when this returns. Never retried.
    /// </summary>
    public abstract ValueTask<PopResult> PopAsync(int maxCount, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the head of the journal, up to <paramref name="maxCount"/> codes of one epoch, or one entry if that holds more; null when it is
    /// empty, when the cache is fenced, or when another process drains it.
    /// </summary>
    public abstract ValueTask<JournalBatch?> ReadJournalAsync(int maxCount, CancellationToken cancellationToken);

    /// <summary>Trims a batch that the store has marked, only if it still is the head of the journal.</summary>
    public abstract ValueTask TrimJournalAsync(JournalBatch batch, CancellationToken cancellationToken);

    /// <summary>Reads on in the journal of a closed epoch (<see cref="CacheView.Frozen"/>), which nobody changes any more; null at its end.</summary>
    /// <param name="epoch">The closed epoch.</param>
    /// <param name="skip">The entries read so far (<see cref="JournalBatch.Entries"/>).</param>
    /// <param name="maxCount">Codes at most, or one entry if that holds more.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public abstract ValueTask<JournalBatch?> ReadFrozenAsync(Epoch epoch, long skip, int maxCount, CancellationToken cancellationToken);

    /// <summary>Deletes the journal of a closed epoch, all of which the store has marked.</summary>
    /// <param name="epoch">The closed epoch.</param>
    /// <param name="entries">How many entries were read; a journal of another length is another server's, and stays.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public abstract ValueTask DropFrozenAsync(Epoch epoch, long entries, CancellationToken cancellationToken);

    /// <summary>Leases of which nothing is left here, neither to pop nor in the journal; after a grace in a Confirmed epoch, whose claims may be under way.</summary>
    public abstract ValueTask<IReadOnlyList<FinishedLease>> GetFinishedLeasesAsync(CancellationToken cancellationToken);

    /// <summary>Forgets leases that the store has settled.</summary>
    /// <param name="leases">Settled leases of one epoch.</param>
    /// <param name="settledTo">The store has settled every lease of this epoch up to this number; a push at or below it is a late repetition.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public abstract ValueTask ForgetAsync(IReadOnlyList<FinishedLease> leases, long settledTo, CancellationToken cancellationToken);

    /// <summary>How much is ready and how much waits in the journal; null when the cache is fenced.</summary>
    public abstract ValueTask<CacheLevels?> GetLevelsAsync(CancellationToken cancellationToken);

    /// <summary>Releases what the cache opened itself, never what the host owns.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
