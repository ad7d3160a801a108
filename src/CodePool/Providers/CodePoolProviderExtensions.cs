using CodePool.Internal.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace CodePool.Providers;

/// <summary>What a provider's <c>Use…</c> method calls.</summary>
public static class CodePoolProviderExtensions
{
    /// <summary>Gives the pool its store. A pool has exactly one: a second is refused when the host starts.</summary>
    /// <param name="builder">The pool.</param>
    /// <param name="provider">The name of the calling method, for messages: <c>UseSqlite</c>.</param>
    /// <param name="create">Makes the store; must not connect yet.</param>
    public static ICodePoolBuilder UseStore(
        this ICodePoolBuilder builder, string provider, Func<IServiceProvider, CodeStore> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddKeyedSingleton(builder.Name, new StoreRegistration(provider, create));
        return builder;
    }

    /// <summary>Gives the pool a cache that all its processes share. A pool has at most one: a second is refused when the host starts.</summary>
    /// <param name="builder">The pool.</param>
    /// <param name="provider">The name of the calling method, for messages: <c>UseRedis</c>.</param>
    /// <param name="create">Makes the cache; must not connect yet.</param>
    public static ICodePoolBuilder UseCache(
        this ICodePoolBuilder builder, string provider, Func<IServiceProvider, CodeCache> create)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddKeyedSingleton(builder.Name, new CacheRegistration(provider, create));
        return builder;
    }
}
