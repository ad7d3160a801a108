using CodePool.Providers;

namespace CodePool.Internal.Hosting;

/// <summary>The epoch under which a cache is filled: the process's own, or the one that all share.</summary>
internal interface ICacheEpoch
{
    CodeCache Cache { get; }

    /// <summary>The open epoch, opened or waited for if need be; null when there is none to be had now.</summary>
    ValueTask<Epoch?> EnsureAsync(CancellationToken cancellationToken);

    /// <summary>The store says that it is closed: the next lease needs another.</summary>
    void Closed(Epoch epoch);

    /// <summary>The cache refuses it.</summary>
    void Fenced(Epoch epoch);
}
