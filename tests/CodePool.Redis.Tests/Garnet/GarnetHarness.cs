using CodePool.ContractTests;
using CodePool.Providers;
using CodePool.Redis.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CodePool.Redis.Tests.Garnet;

/// <summary>A cache of its own on Garnet. The pool is Confirmed, the one that may use it; what the scripts do is the same in any epoch.</summary>
public sealed class GarnetHarness : CacheHarness
{
    private readonly FakeTimeProvider _time = new();

    public override ValueTask<CodeCache> CreateCacheAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<CodeCache>(Create(CodeConsistency.Confirmed, new RedisCodePoolOptions(), _time));

    public override ValueTask PassGraceAsync(CancellationToken cancellationToken)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        return ValueTask.CompletedTask;
    }

    internal static RedisCodeCache Create(CodeConsistency consistency, RedisCodePoolOptions options, TimeProvider time)
    {
        var connection = new RedisConnection(
            "test", () => OwnConnection.ConnectAsync(OwnConnection.Configure(GarnetFixture.Configuration)), owns: true, database: -1);
        var cache = new RedisCodeCache("test", connection, options, consistency, maxJournal: 100_000, time, NullLogger.Instance);
        cache.Attach(new PoolRecord(Guid.NewGuid(), 0, false));
        return cache;
    }
}
