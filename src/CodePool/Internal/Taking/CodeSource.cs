namespace CodePool.Internal.Taking;

/// <summary>Where a turn of the queue gets its codes: what it returns may be handed out, and nothing else.</summary>
internal abstract class CodeSource
{
    /// <summary>Codes handed out so far.</summary>
    public abstract long Taken { get; }

    /// <summary>Takes up to <paramref name="maxCount"/> codes; empty when the cache is.</summary>
    public abstract ValueTask<IReadOnlyList<string>> TakeAsync(int maxCount);
}
