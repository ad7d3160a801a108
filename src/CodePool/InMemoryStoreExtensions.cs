using CodePool;
using CodePool.Internal.InMemory;
using CodePool.Providers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The store for tests and trials.</summary>
public static class InMemoryStoreExtensions
{
    /// <summary>Keeps the pool in this process's memory: everything is gone with the process, and nothing is promised beyond it.</summary>
    public static ICodePoolBuilder UseInMemoryStore(this ICodePoolBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.UseStore(
            nameof(UseInMemoryStore),
            provider => new InMemoryCodeStore(builder.Name, provider.GetRequiredService<TimeProvider>()));
    }
}
