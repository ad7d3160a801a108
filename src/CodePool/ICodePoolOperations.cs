namespace CodePool;

/// <summary>What an operator does with a pool, beside taking from it. Keyed by the pool's name, like <see cref="ICodePool"/>.</summary>
public interface ICodePoolOperations
{
    /// <summary>Generates codes until <paramref name="target"/> are available. Works beside the monitors of any process; can be cancelled and repeated.</summary>
    /// <param name="target">Available codes to reach.</param>
    /// <param name="progress">Told after each stored batch.</param>
    /// <param name="cancellationToken">Stops after the current batch.</param>
    /// <returns>Available codes at the end: at least the target, unless the keyspace ran out.</returns>
    /// <exception cref="CodePoolKeyspaceExhaustedException">The format has no (or almost no) code left that was not generated before.</exception>
    /// <exception cref="CodePoolStoreUnavailableException">The store cannot be reached.</exception>
    ValueTask<long> FillAsync(long target, IProgress<FillProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Counts the store's rows and compares them with its counters and ranges. Reads the whole pool: for a quiet hour.</summary>
    /// <exception cref="CodePoolStoreUnavailableException">The store cannot be reached.</exception>
    ValueTask<CodePoolAudit> AuditAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Lets a pool go on that stopped because its database went back in time and its keyspace is not sparse, so that codes
    /// handed out and forgotten could be drawn again. Does nothing to a pool that is not stopped.
    /// </summary>
    /// <remarks>
    /// Call it when the health check of every process says that it waits. A process that cannot be asked hands out nothing more from <see cref="CodePoolOptions.EpochTimeout"/>
    /// after the first of the others said so, in a Confirmed pool; in a Journaled one it must be ended first.
    /// </remarks>
    /// <exception cref="CodePoolStoreUnavailableException">The store cannot be reached.</exception>
    ValueTask ResumeAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Closes the epoch of the shared cache without a successor, for a Redis that never comes back: what was leased to it and is not marked
    /// becomes Unconfirmed (Available again in a Confirmed pool). While processes still reach their Redis, they open a new epoch at once.
    /// </summary>
    /// <returns>False when no epoch of a shared cache is open.</returns>
    /// <exception cref="CodePoolStoreUnavailableException">The store cannot be reached.</exception>
    ValueTask<bool> CloseCacheEpochAsync(CancellationToken cancellationToken = default);
}
