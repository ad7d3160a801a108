using CodePool.Providers;
using CodePool.Redis.Internal;
using CodePool.TestServers;
using Microsoft.Extensions.Logging.Abstractions;

namespace CodePool.Redis.Tests;

/// <summary>The journal in Redis, and what several processes do with it.</summary>
public sealed class RedisJournalTests : IAsyncLifetime
{
    private readonly Guid _pool = Guid.NewGuid();
    private RedisInstance _redis = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _redis = await RedisInstance.StartNewAsync();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task Who_reads_and_cannot_mark_keeps_others_away_for_a_moment_only()
    {
        await using RedisCodeCache first = Create(), second = Create();
        await OpenAsync(first, second, CodeConsistency.Journaled);
        await first.PopAsync(3, Token);

        // Its store is away: it comes back each second, and trims nothing.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        JournalBatch? others = null;
        while (others is null)
        {
            Assert.NotNull(await first.ReadJournalAsync(10, Token));
            others = await second.ReadJournalAsync(10, Token);
            await Task.Delay(100, limit.Token);
        }

        Assert.Equal(3, others.Length);
    }

    [Fact]
    public async Task What_identifies_a_batch_to_the_cache_never_says_a_code()
    {
        await using RedisCodeCache cache = Create();
        await OpenAsync(cache, cache, CodeConsistency.Journaled);
        await cache.PopAsync(3, Token);

        JournalBatch batch = (await cache.ReadJournalAsync(10, Token))!;

        Assert.DoesNotContain("SECRET", $"{batch} {batch.Extent}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_confirmed_epoch_has_no_journal_to_speak_of()
    {
        await using RedisCodeCache cache = Create(CodeConsistency.Confirmed);
        await OpenAsync(cache, cache, CodeConsistency.Confirmed);

        long[] journaled =
        [
            (await cache.PopAsync(3, Token)).Journaled,
            (await cache.PopAsync(100, Token)).Journaled,
            (await cache.PopAsync(100, Token)).Journaled,
        ];

        Assert.Equal([0, 0, 0], journaled);
    }

    [Fact]
    public async Task However_many_frozen_journals_there_are_an_epoch_can_follow()
    {
        await using RedisCodeCache cache = Create();
        await OpenAsync(cache, cache, CodeConsistency.Journaled);
        string meta = $"codepool:{{{_pool:N}}}:meta";
        for (int i = 0; i < 5; i++)
        {
            await _redis.ExecuteAsync(
                ["HSET", meta, .. Enumerable.Range(0, 1_000).SelectMany(_ => new[] { $"f:{Guid.NewGuid():N}", "1" })]);
        }

        await OpenAsync(cache, cache, CodeConsistency.Journaled, number: 2);

        Assert.Equal(5_000, (await cache.LookAsync(Token)).Frozen.Count);
    }

    [Fact]
    public async Task A_lease_that_another_process_forgot_is_not_remembered_here()
    {
        await using RedisCodeCache first = Create(CodeConsistency.Confirmed), second = Create(CodeConsistency.Confirmed);
        await OpenAsync(first, second, CodeConsistency.Confirmed);
        Epoch epoch = (await first.PopAsync(10, Token)).Epoch!;
        await first.GetFinishedLeasesAsync(Token);
        await second.GetFinishedLeasesAsync(Token);
        Assert.Equal((1, 1), (first.InGrace, second.InGrace));

        await first.ForgetAsync([new FinishedLease(epoch, 1)], 1, Token);
        await second.GetFinishedLeasesAsync(Token);

        Assert.Equal((0, 0), (first.InGrace, second.InGrace));
    }

    private static async Task OpenAsync(RedisCodeCache opener, RedisCodeCache other, CodeConsistency consistency, long number = 1)
    {
        string identity = (await opener.LookAsync(Token)).Identity;
        var epoch = new Epoch(number, Guid.NewGuid(), EpochKind.Redis, identity, consistency, EpochState.Open, 0);
        Assert.Equal(CacheStatus.Ok, await opener.OpenAsync(epoch, Token));
        other.Join(epoch);
        string[] codes = [.. Enumerable.Range(1, 10).Select(i => $"SECRET{i}")];
        Assert.Equal(CacheStatus.Ok, await opener.PushAsync(epoch, new Lease(number, 1, codes), Token));
    }

    private RedisCodeCache Create(CodeConsistency consistency = CodeConsistency.Journaled)
    {
        var cache = new RedisCodeCache(
            "test",
            new RedisConnection("test", () => OwnConnection.ConnectAsync(OwnConnection.Configure(_redis.Configuration)), owns: true, database: -1),
            new RedisCodePoolOptions { TrustReplicationId = true },
            consistency,
            maxJournal: 100_000,
            TimeProvider.System,
            NullLogger.Instance);
        cache.Attach(new PoolRecord(_pool, 0, false));
        return cache;
    }
}
