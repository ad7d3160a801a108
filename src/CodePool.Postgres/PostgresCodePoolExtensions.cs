using CodePool;
using CodePool.Postgres;
using CodePool.Postgres.Internal;
using CodePool.Providers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts a pool into PostgreSQL, version 15 or later.</summary>
public static class PostgresCodePoolExtensions
{
    /// <summary>Keeps the pool in PostgreSQL, through a data source of its own.</summary>
    /// <param name="builder">The pool.</param>
    /// <param name="connectionString">An Npgsql connection string.</param>
    /// <example><code>
    /// builder.Services.AddCodePool().UsePostgres(builder.Configuration.GetConnectionString("Codes")!);
    /// </code></example>
    public static ICodePoolBuilder UsePostgres(this ICodePoolBuilder builder, string connectionString) =>
        builder.UsePostgres(connectionString, _ => { });

    /// <summary>Keeps the pool in PostgreSQL, through a data source of its own.</summary>
    /// <param name="builder">The pool.</param>
    /// <param name="connectionString">An Npgsql connection string.</param>
    /// <param name="configure">Schema, table prefix and what the server promises.</param>
    public static ICodePoolBuilder UsePostgres(
        this ICodePoolBuilder builder, string connectionString, Action<PostgresCodePoolOptions> configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        return builder.Use(_ => OwnDataSource.Create(connectionString), owns: true, configure);
    }

    /// <summary>Keeps the pool in PostgreSQL, through the host's <see cref="NpgsqlDataSource"/>: the one keyed by the pool's name, else the unkeyed one.</summary>
    /// <param name="builder">The pool.</param>
    public static ICodePoolBuilder UsePostgres(this ICodePoolBuilder builder) => builder.UsePostgres(_ => { });

    /// <summary>Keeps the pool in PostgreSQL, through the host's <see cref="NpgsqlDataSource"/>: the one keyed by the pool's name, else the unkeyed one.</summary>
    /// <param name="builder">The pool.</param>
    /// <param name="configure">Schema, table prefix and what the server promises.</param>
    public static ICodePoolBuilder UsePostgres(this ICodePoolBuilder builder, Action<PostgresCodePoolOptions> configure) =>
        builder.Use(
            provider => provider.GetKeyedService<NpgsqlDataSource>(builder.Name)
                ?? provider.GetService<NpgsqlDataSource>()
                ?? throw new CodePoolConfigurationException(
                    builder.Name, "UsePostgres() found no NpgsqlDataSource. Register one (AddNpgsqlDataSource), or call UsePostgres(connectionString)."),
            owns: false,
            configure);

    /// <summary>Keeps the pool in PostgreSQL, through a data source that a factory brings and the host owns.</summary>
    /// <param name="builder">The pool.</param>
    /// <param name="dataSource">Brings the data source; it is not disposed by the pool.</param>
    /// <param name="configure">Schema, table prefix and what the server promises.</param>
    public static ICodePoolBuilder UsePostgres(
        this ICodePoolBuilder builder, Func<IServiceProvider, NpgsqlDataSource> dataSource, Action<PostgresCodePoolOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        return builder.Use(dataSource, owns: false, configure);
    }

    /// <summary>Keeps the pool in PostgreSQL, through a data source that a factory brings and the host owns.</summary>
    /// <param name="builder">The pool.</param>
    /// <param name="dataSource">Brings the data source; it is not disposed by the pool.</param>
    public static ICodePoolBuilder UsePostgres(this ICodePoolBuilder builder, Func<IServiceProvider, NpgsqlDataSource> dataSource) =>
        builder.UsePostgres(dataSource, _ => { });

    private static ICodePoolBuilder Use(
        this ICodePoolBuilder builder, Func<IServiceProvider, NpgsqlDataSource> dataSource, bool owns, Action<PostgresCodePoolOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        string pool = builder.Name;
        builder.Services.Configure(pool, configure);
        return builder.UseStore(
            nameof(UsePostgres),
            provider => new PostgresCodeStore(
                pool,
                dataSource(provider),
                owns,
                provider.GetRequiredService<IOptionsMonitor<PostgresCodePoolOptions>>().Get(pool),
                provider.GetRequiredService<TimeProvider>(),
                logger: provider.GetRequiredService<ILoggerFactory>().CreateLogger("CodePool")));
    }
}
