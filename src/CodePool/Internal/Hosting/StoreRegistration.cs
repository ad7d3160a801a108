using CodePool.Providers;

namespace CodePool.Internal.Hosting;

/// <summary>A pool's slot for its store, filled by one <c>Use…</c> method.</summary>
internal sealed record StoreRegistration(string Provider, Func<IServiceProvider, CodeStore> Create);
