using CodePool.Providers;

namespace CodePool.Internal.Hosting;

/// <summary>What a pool has for the cache that all its processes share.</summary>
internal sealed record SharedTier(CodeCache Cache, SharedEpoch Epoch, CacheFiller Filler, JournalMarker Marker) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Cache.DisposeAsync();
}
