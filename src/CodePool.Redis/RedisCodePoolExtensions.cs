using CodePool;
using CodePool.Providers;
using CodePool.Redis;
using CodePool.Redis.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts the cache of a pool into Redis.</summary>
public static class RedisCodePoolExtensions
{
    /// <summary>Takes codes from Redis, through a connection of the pool's own, which fails fast and reconnects within a second.</summary>
    /// <param name="builder">The pool.</param>
    /// <param name="configuration">A StackExchange.Redis configuration string: <c>localhost:6379</c>.</param>
    /// <exception cref="ArgumentException">The configuration string cannot be read.</exception>
    /// <example><code>
    /// builder.Services.AddCodePool().UsePostgres(connectionString).UseRedis("localhost:6379");
    /// </code></example>
    public static ICodePoolBuilder UseRedis(this ICodePoolBuilder builder, string configuration) => builder.UseRedis(configuration, _ => { });

    /// <summary>Takes codes from Redis, through a connection of the pool's own, which fails fast and reconnects within a second.</summary>
    /// <param name="builder">The pool.</param>
    /// <param name="configuration">A StackExchange.Redis configuration string: <c>localhost:6379</c>.</param>
    /// <param name="configure">Keys, and what the server promises.</param>
    /// <exception cref="ArgumentException">The configuration string cannot be read.</exception>
    public static ICodePoolBuilder UseRedis(this ICodePoolBuilder builder, string configuration, Action<RedisCodePoolOptions> configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(configuration);
        ConfigurationOptions options = OwnConnection.Configure(configuration);
        return builder.Use(_ => OwnConnection.ConnectAsync(options), owns: true, configure);
    }

    /// <summary>Takes codes from Redis, through the host's <see cref="IConnectionMultiplexer"/>: the one keyed by the pool's name, else the unkeyed one.</summary>
    /// <param name="builder">The pool.</param>
    public static ICodePoolBuilder UseRedis(this ICodePoolBuilder builder) => builder.UseRedis((RedisCodePoolOptions _) => { });

    /// <summary>Takes codes from Redis, through the host's <see cref="IConnectionMultiplexer"/>: the one keyed by the pool's name, else the unkeyed one.</summary>
    /// <param name="builder">The pool.</param>
    /// <param name="configure">Keys, and what the server promises.</param>
    public static ICodePoolBuilder UseRedis(this ICodePoolBuilder builder, Action<RedisCodePoolOptions> configure) =>
        builder.UseRedis(
            provider => provider.GetKeyedService<IConnectionMultiplexer>(builder.Name)
                ?? provider.GetService<IConnectionMultiplexer>()
                ?? throw new CodePoolConfigurationException(
                    builder.Name, "UseRedis() found no IConnectionMultiplexer. Register one, or call UseRedis(\"localhost:6379\")."),
            configure);

    /// <summary>Takes codes from Redis, through a connection that a factory brings and the host owns.</summary>
    /// <param name="builder">The pool.</param>
    /// <param name="connection">Brings the connection; it is not disposed by the pool.</param>
    public static ICodePoolBuilder UseRedis(this ICodePoolBuilder builder, Func<IServiceProvider, IConnectionMultiplexer> connection) =>
        builder.UseRedis(connection, _ => { });

    /// <summary>Takes codes from Redis, through a connection that a factory brings and the host owns.</summary>
    /// <param name="builder">The pool.</param>
    /// <param name="connection">Brings the connection; it is not disposed by the pool.</param>
    /// <param name="configure">Keys, and what the server promises.</param>
    public static ICodePoolBuilder UseRedis(
        this ICodePoolBuilder builder, Func<IServiceProvider, IConnectionMultiplexer> connection, Action<RedisCodePoolOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return builder.Use(provider => Task.FromResult(connection(provider)), owns: false, configure);
    }

    private static ICodePoolBuilder Use(
        this ICodePoolBuilder builder, Func<IServiceProvider, Task<IConnectionMultiplexer>> connect, bool owns, Action<RedisCodePoolOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        string pool = builder.Name;
        builder.Services.AddOptions<RedisCodePoolOptions>(pool).Configure(configure).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<RedisCodePoolOptions>>(new RedisOptionsValidator(pool));
        return builder.UseCache(nameof(UseRedis), provider =>
        {
            RedisCodePoolOptions options = provider.GetRequiredService<IOptionsMonitor<RedisCodePoolOptions>>().Get(pool);
            CodePoolOptions common = provider.GetRequiredService<IOptionsMonitor<CodePoolOptions>>().Get(pool);
            return new RedisCodeCache(
                pool,
                new RedisConnection(pool, () => connect(provider), owns, options.Database),
                options,
                common.Consistency,
                common.MaxJournalLength,
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILoggerFactory>().CreateLogger("CodePool"));
        });
    }
}
