namespace CodePool;

/// <summary>
/// A named set of unique random codes, each handed out at most once. Inject it; with several pools,
/// <c>[FromKeyedServices("gift-cards")] ICodePool giftCards</c>. Safe for concurrent use.
/// </summary>
/// <example><code>
/// string code = await pool.TakeAsync(cancellationToken);
/// </code></example>
public interface ICodePool
{
    /// <summary>The pool's name; <c>default</c> unless another was given.</summary>
    string Name { get; }

    /// <summary>What its codes look like.</summary>
    CodeFormat Format { get; }

    /// <summary>Takes one code: at cache latency, or in a Confirmed pool after the store has marked it Used.</summary>
    /// <remarks>Await it, once: a take that nobody awaits has its code all the same, and the code becomes Used.</remarks>
    /// <param name="cancellationToken">Gives up waiting. A code that was claimed by then goes to the next caller.</param>
    /// <returns>The code, yours alone; null when the store has none left.</returns>
    /// <exception cref="CodePoolStoreUnavailableException">The cache is empty and the store cannot be reached.</exception>
    /// <exception cref="CodePoolStoppedException">The host has not started the pool, or has stopped it.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    ValueTask<string?> TryTakeAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes up to <paramref name="maxCount"/> codes: as many as there are, fewer when the store runs out.</summary>
    /// <param name="maxCount">Codes wanted; 0 or more.</param>
    /// <param name="cancellationToken">Gives up waiting; what was taken by then is returned.</param>
    /// <returns>The codes; empty when the store has none left. What was taken is returned, rather than lost in an exception.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxCount"/> is negative.</exception>
    /// <exception cref="CodePoolStoreUnavailableException">Nothing was taken, and the store cannot be reached.</exception>
    /// <exception cref="CodePoolStoppedException">The host has not started the pool, or has stopped it.</exception>
    /// <exception cref="OperationCanceledException">Nothing was taken before <paramref name="cancellationToken"/> was cancelled.</exception>
    ValueTask<IReadOnlyList<string>> TakeUpToAsync(int maxCount, CancellationToken cancellationToken = default);

    /// <summary>Looks up a code as a person typed it (see <see cref="CodeFormat.TryNormalize"/>).</summary>
    /// <returns>Its state and times; null when it is not a code of this pool.</returns>
    /// <exception cref="CodePoolStoreUnavailableException">The store cannot be reached.</exception>
    ValueTask<CodeInfo?> FindAsync(string code, CancellationToken cancellationToken = default);

    /// <summary>How many codes are where; its cost does not grow with the pool.</summary>
    /// <exception cref="CodePoolStoreUnavailableException">The store cannot be reached.</exception>
    ValueTask<CodePoolLevels> GetLevelsAsync(CancellationToken cancellationToken = default);
}
