using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>What a provider's test project writes once, so that the cache suite can run against it. One instance serves one test.</summary>
public abstract class CacheHarness : IAsyncDisposable
{
    /// <summary>An empty cache that no other test sees; no epoch is open in it. The suite disposes it.</summary>
    public abstract ValueTask<CodeCache> CreateCacheAsync(CancellationToken cancellationToken);

    /// <summary>Lets the grace of claims under way pass. A cache whose grace is a second look needs nothing.</summary>
    public virtual ValueTask PassGraceAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Releases what the caches ran on.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
