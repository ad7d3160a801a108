using CodePool.Providers;
using CodePool.Redis.Internal;
using CodePool.TestServers;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace CodePool.Redis.Tests;

/// <summary>The hash is deleted, and the journal beside it is not.</summary>
public sealed class LostMetaTests
{
    private static readonly Guid Pool = Guid.NewGuid();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_taken_before_meta_was_lost_is_still_marked()
    {
        await using ConnectionMultiplexer redis = await ConnectionMultiplexer.ConnectAsync(await RedisServer.ConfigurationAsync());
        await using RedisCodeCache cache = Create(redis);
        Epoch lost = await OpenAsync(cache, 1);
        await cache.PushAsync(lost, new Lease(1, 1, ["A", "B", "C"]), Token);
        PopResult taken = await cache.PopAsync(2, Token);

        await redis.GetDatabase().KeyDeleteAsync($"codepool:{{{Pool:N}}}:meta");
        await OpenAsync(cache, 2);

        Epoch frozen = Assert.Single((await cache.LookAsync(Token)).Frozen);
        Assert.Equal((lost.Token, lost.Number), (frozen.Token, frozen.Number));
        JournalBatch? journal = await cache.ReadFrozenAsync(frozen, 0, 10, Token);
        Assert.Equal(taken.Codes, journal!.Codes);
        await cache.DropFrozenAsync(frozen, Token);
        Assert.Empty((await cache.LookAsync(Token)).Frozen);
    }

    private static async Task<Epoch> OpenAsync(RedisCodeCache cache, long number)
    {
        string identity = (await cache.LookAsync(Token)).Identity;
        var epoch = new Epoch(number, Guid.NewGuid(), EpochKind.Redis, identity, CodeConsistency.Journaled, EpochState.Open, 0);
        Assert.Equal(CacheStatus.Ok, await cache.OpenAsync(epoch, Token));
        return epoch;
    }

    private static RedisCodeCache Create(IConnectionMultiplexer redis)
    {
        var cache = new RedisCodeCache(
            "test", new RedisConnection("test", () => Task.FromResult(redis), owns: false, database: -1),
            new RedisCodePoolOptions { TrustReplicationId = true }, CodeConsistency.Journaled, maxJournal: 1_000, TimeProvider.System, NullLogger.Instance);
        cache.Attach(new PoolRecord(Pool, 0, false));
        return cache;
    }
}
