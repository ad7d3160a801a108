using CodePool.Providers;

namespace CodePool.Internal.Hosting;

/// <summary>A pool's slot for its shared cache, filled by one <c>Use…</c> method.</summary>
internal sealed record CacheRegistration(string Provider, Func<IServiceProvider, CodeCache> Create);
