using System.Diagnostics.Metrics;
using CodePool;
using CodePool.Internal.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds pools of codes to a host.</summary>
public static class CodePoolServiceCollectionExtensions
{
    /// <summary>The name of the pool that is injected without a key.</summary>
    public const string DefaultPoolName = "default";

    /// <summary>Adds the default pool with the default options: inject <see cref="ICodePool"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <example><code>
    /// builder.Services.AddCodePool().UseSqlite("codes.db");
    /// </code></example>
    public static ICodePoolBuilder AddCodePool(this IServiceCollection services) =>
        services.AddCodePool(DefaultPoolName);

    /// <summary>Adds the default pool: inject <see cref="ICodePool"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the options; what several calls change adds up.</param>
    /// <example><code>
    /// builder.Services.AddCodePool(o => o.CodeLength = 10).UseSqlite("codes.db");
    /// </code></example>
    public static ICodePoolBuilder AddCodePool(this IServiceCollection services, Action<CodePoolOptions> configure) =>
        services.AddCodePool(DefaultPoolName, configure);

    /// <summary>Adds the default pool with options from a configuration section.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="section">A section with the names of <see cref="CodePoolOptions"/>.</param>
    public static ICodePoolBuilder AddCodePool(this IServiceCollection services, IConfiguration section) =>
        services.AddCodePool(DefaultPoolName, section);

    /// <summary>Adds a named pool with the default options: inject <c>[FromKeyedServices(name)] ICodePool</c>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">1 to 64 letters, digits, dots, hyphens or underscores; stands in the store, in metrics and in cache keys.</param>
    public static ICodePoolBuilder AddCodePool(this IServiceCollection services, string name) =>
        services.AddCodePool(name, _ => { });

    /// <summary>Adds a named pool: inject <c>[FromKeyedServices(name)] ICodePool</c>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">1 to 64 letters, digits, dots, hyphens or underscores; stands in the store, in metrics and in cache keys.</param>
    /// <param name="configure">Changes the options; what several calls change adds up.</param>
    public static ICodePoolBuilder AddCodePool(
        this IServiceCollection services, string name, Action<CodePoolOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, name, services.AddOptions<CodePoolOptions>(name).Configure(configure));
    }

    /// <summary>Adds a named pool with options from a configuration section.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">1 to 64 letters, digits, dots, hyphens or underscores.</param>
    /// <param name="section">A section with the names of <see cref="CodePoolOptions"/>.</param>
    public static ICodePoolBuilder AddCodePool(this IServiceCollection services, string name, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(section);
        return Add(services, name, services.AddOptions<CodePoolOptions>(name).Bind(section));
    }

    private static Builder Add(IServiceCollection services, string name, OptionsBuilder<CodePoolOptions> options)
    {
        var builder = new Builder(name, services);
        if (services.Any(s => s.ServiceType == typeof(PoolRuntime) && Equals(s.ServiceKey, name)))
            return builder;

        options.ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<CodePoolOptions>>(provider => new CodePoolOptionsValidator(name, provider));
        services.AddKeyedSingleton(name, (provider, _) => CreateRuntime(provider, name));
        services.AddKeyedSingleton<ICodePool>(name, (provider, _) => Runtime(provider, name).Pool);
        services.AddKeyedSingleton<ICodePoolOperations>(name, (provider, _) => Runtime(provider, name).Pool);

        // Not AddHostedService<T>: it would drop the second pool's.
        services.AddSingleton<IHostedService>(provider => new PoolService(Runtime(provider, name)));
        if (name == DefaultPoolName)
        {
            services.AddSingleton(provider => provider.GetRequiredKeyedService<ICodePool>(name));
            services.AddSingleton(provider => provider.GetRequiredKeyedService<ICodePoolOperations>(name));
        }

        return builder;
    }

    private static PoolRuntime Runtime(IServiceProvider provider, string name) =>
        provider.GetRequiredKeyedService<PoolRuntime>(name);

    private static PoolRuntime CreateRuntime(IServiceProvider provider, string name)
    {
        // Validated here as well: a pool may be resolved before the host has started.
        CodePoolOptions options = provider.GetRequiredService<IOptionsMonitor<CodePoolOptions>>().Get(name);
        ILogger logger = provider.GetRequiredService<ILoggerFactory>().CreateLogger("CodePool");
        return new PoolRuntime(
            name,
            options,
            () => provider.GetRequiredKeyedService<StoreRegistration>(name).Create(provider),
            () => provider.GetKeyedService<CacheRegistration>(name)?.Create(provider),
            logger,
            provider.GetService<IMeterFactory>(),
            provider.GetRequiredService<TimeProvider>());
    }

    private sealed record Builder(string Name, IServiceCollection Services) : ICodePoolBuilder;
}
