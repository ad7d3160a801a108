using CodePool.Internal.Taking;

namespace CodePool;

/// <summary>The throwing twin of <see cref="ICodePool.TryTakeAsync"/>.</summary>
public static class CodePoolExtensions
{
    /// <summary>Takes one code, or throws when there is none.</summary>
    /// <returns>The code, yours alone.</returns>
    /// <exception cref="CodePoolEmptyException">The store has none left; <see cref="CodePoolKeyspaceExhaustedException"/> when no new one can be drawn either.</exception>
    /// <exception cref="CodePoolStoreUnavailableException">The cache is empty and the store cannot be reached.</exception>
    /// <exception cref="CodePoolStoppedException">The host has not started the pool, or has stopped it.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled first.</exception>
    public static ValueTask<string> TakeAsync(this ICodePool pool, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ValueTask<string?> take = pool.TryTakeAsync(cancellationToken);

        // Nearly every take ends in the first branch, without a state machine.
        if (!take.IsCompletedSuccessfully)
            return Awaited(pool, take);
        return take.Result is { } code ? new ValueTask<string>(code) : ValueTask.FromException<string>(Empty(pool));
    }

    private static async ValueTask<string> Awaited(ICodePool pool, ValueTask<string?> take) =>
        await take.ConfigureAwait(false) ?? throw Empty(pool);

    private static CodePoolEmptyException Empty(ICodePool pool) =>
        pool is Pool { KeyspaceExhausted: true }
            ? new CodePoolKeyspaceExhaustedException(pool.Name)
            : new CodePoolEmptyException(pool.Name);
}
