using CodePool.Postgres;
using CodePool.Postgres.Internal;
using CodePool.Providers;
using CodePool.Redis;
using CodePool.Redis.Internal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CodePool.Faults.Weakening;

/// <summary>UsePostgres and UseRedis, with protections switched off. With none off, the ones that everybody uses.</summary>
internal static class WeakPoolExtensions
{
    public static ICodePoolBuilder UseWeakenedPostgres(this ICodePoolBuilder builder, string connectionString, IReadOnlyCollection<string> without) =>
        without.Count == 0
            ? builder.UsePostgres(connectionString)
            : builder.UseStore(nameof(UseWeakenedPostgres), provider => new PostgresCodeStore(
                builder.Name, NpgsqlDataSource.Create(connectionString), true, new PostgresCodePoolOptions(),
                provider.GetRequiredService<TimeProvider>(), new WeakStatements(without).Weaken));

    public static ICodePoolBuilder UseWeakenedRedis(this ICodePoolBuilder builder, string configuration, IReadOnlyCollection<string> without) =>
        without.Count == 0
            ? builder.UseRedis(configuration, o => o.TrustReplicationId = true)
            : builder.UseCache(nameof(UseWeakenedRedis), provider => Wrap(Create(provider, builder.Name, configuration, without), without));

    private static RedisCodeCache Create(IServiceProvider provider, string pool, string configuration, IReadOnlyCollection<string> without)
    {
        CodePoolOptions common = provider.GetRequiredService<IOptionsMonitor<CodePoolOptions>>().Get(pool);
        return new RedisCodeCache(
            pool,
            new RedisConnection(
                pool, () => OwnConnection.ConnectAsync(OwnConnection.Configure(configuration)), owns: true, database: -1,
                sendsUnknown: !without.Contains(Protection.EvalUnknown)),
            new RedisCodePoolOptions { TrustReplicationId = true },
            common.Consistency,
            common.MaxJournalLength,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger("CodePool"),
            new RedisScripts(new WeakScripts(without).Weaken));
    }

    private static CodeCache Wrap(CodeCache cache, IReadOnlyCollection<string> without)
    {
        if (without.Contains(Protection.OpenOnce))
            cache = new ReopeningCache(cache);
        if (without.Contains(Protection.MarkBeforeTrim))
            cache = new EagerTrimCache(cache);
        if (without.Contains(Protection.PushOnce))
            cache = new RepeatingPushCache(cache);
        return cache;
    }
}
