using CodePool;
using CodePool.Providers;
using CodePool.Sqlite.Internal;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Puts a pool into an SQLite file.</summary>
public static class SqliteCodePoolExtensions
{
    /// <summary>Keeps the pool in an SQLite file, which is made if it is missing. Several pools and several processes may share one file.</summary>
    /// <param name="builder">The pool.</param>
    /// <param name="path">The file; a relative path starts at the working directory.</param>
    /// <example><code>
    /// builder.Services.AddCodePool().UseSqlite("codes.db");
    /// </code></example>
    public static ICodePoolBuilder UseSqlite(this ICodePoolBuilder builder, string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        return builder.UseSqlite(options => options.Path = path);
    }

    /// <summary>Keeps the pool in an SQLite file.</summary>
    /// <param name="builder">The pool.</param>
    /// <param name="configure">Sets at least <see cref="SqliteCodePoolOptions.Path"/>.</param>
    public static ICodePoolBuilder UseSqlite(this ICodePoolBuilder builder, Action<SqliteCodePoolOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        string pool = builder.Name;
        builder.Services.Configure(pool, configure);
        return builder.UseStore(
            nameof(UseSqlite),
            provider => new SqliteCodeStore(
                pool,
                provider.GetRequiredService<IOptionsMonitor<SqliteCodePoolOptions>>().Get(pool),
                provider.GetRequiredService<TimeProvider>()));
    }
}
