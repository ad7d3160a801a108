using CodePool.ContractTests;
using CodePool.Providers;
using CodePool.Redis.Internal;
using CodePool.TestServers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CodePool.Redis.Tests;

/// <summary>A cache of its own on the Redis that all tests share: a new pool id, so new keys.</summary>
public sealed class RedisHarness : CacheHarness
{
    private readonly FakeTimeProvider _time = new();

    public override async ValueTask<CodeCache> CreateCacheAsync(CancellationToken cancellationToken)
    {
        string configuration = await RedisServer.ConfigurationAsync();
        var cache = new RedisCodeCache(
            "test",
            new RedisConnection("test", () => OwnConnection.ConnectAsync(OwnConnection.Configure(configuration)), owns: true, database: -1),
            new RedisCodePoolOptions { TrustReplicationId = true },
            CodeConsistency.Journaled,
            maxJournal: 100_000,
            _time,
            NullLogger.Instance);
        cache.Attach(new PoolRecord(Guid.NewGuid(), 0, false));
        return cache;
    }

    public override ValueTask PassGraceAsync(CancellationToken cancellationToken)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        return ValueTask.CompletedTask;
    }
}
