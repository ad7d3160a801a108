using CodePool.Providers;
using CodePool.Redis.Internal;
using CodePool.Redis.Tests.Support;
using CodePool.TestServers;

namespace CodePool.Redis.Tests.Protocol;

/// <summary>The journal of an epoch that is closed: read to its end, and then dropped.</summary>
public sealed class FrozenJournalTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_journal_of_a_closed_epoch_is_paged_and_dropped()
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess();
        Epoch closed = await process.TakeAsync(pool, count: 5);
        await process.OpenAsync(pool, number: 2);
        Epoch frozen = Assert.Single((await process.LookAsync()).Frozen);
        Assert.Equal((closed.Token, closed.Number), (frozen.Token, frozen.Number));

        List<long> read = [];
        while (await process.ReadFrozenAsync(frozen, read.Count, 2, Token) is { } batch)
            read.AddRange(batch.Codes.Select(code => code.Number));
        Assert.Equal([1, 2, 3, 4, 5], read);

        await process.DropFrozenAsync(frozen, 4, Token);
        Assert.Equal(5, (await redis.Server.ExecuteAsync("LLEN", pool.Journal(closed))).Number);
        await process.DropFrozenAsync(frozen, 5, Token);
        await process.DropFrozenAsync(frozen, 5, Token);
        Assert.Empty((await process.LookAsync()).Frozen);
        Assert.Equal(0, (await redis.Server.ExecuteAsync("EXISTS", pool.Journal(closed))).Number);
    }

    [Fact]
    public async Task A_frozen_journal_is_paged_by_entries()
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess();
        Epoch closed = await process.OpenAsync(pool);
        await process.PushAsync(closed, lease: 1, first: 1, count: 100);
        foreach (int count in (int[])[1, 1, 40, 3, 1, 20])
            await process.PopAsync(count);
        long entries = (await redis.Server.ExecuteAsync("LLEN", pool.Journal(closed))).Number;
        await process.OpenAsync(pool, number: 2);

        List<long> marked = [];
        long read = 0;
        while (await process.ReadFrozenAsync(closed, read, 20, Token) is { } batch)
        {
            Assert.InRange(batch.Length, 1, 20);
            Assert.Equal(batch.Length, batch.Codes.Count);
            marked.AddRange(batch.Codes.Select(code => code.Number));
            read += batch.Entries;
        }

        Assert.Equal(Enumerable.Range(1, 66).Select(number => (long)number), marked);
        Assert.Equal(entries, read);
        await process.DropFrozenAsync(closed, read, Token);
        Assert.Equal(0, (await redis.Server.ExecuteAsync("EXISTS", pool.Journal(closed))).Number);
    }

    [Fact]
    public async Task With_a_journal_whose_meta_was_lost_its_lists_are_dropped()
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync();
        await using var pool = new TestPool(server);
        RedisCodeCache process = pool.CreateProcess();
        Epoch closed = await process.OpenAsync(pool);
        await process.PushAsync(closed, lease: 1, first: 1, count: 40);
        await process.PopAsync(1);
        await server.ExecuteAsync("DEL", pool.Meta);
        await process.OpenAsync(pool, number: 2);
        Assert.Equal(3, (await server.ExecuteAsync("EXISTS", pool.List(closed), pool.Loose(closed), pool.Journal(closed))).Number);

        await process.DropFrozenAsync(closed, 1, Token);

        Assert.Equal(0, (await server.ExecuteAsync("EXISTS", pool.List(closed), pool.Loose(closed), pool.Journal(closed))).Number);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_journal_whose_epoch_is_open_here_is_not_dropped(bool weakened)
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess(Weakened.If(weakened, Weakened.StillOpen));
        Epoch epoch = await process.TakeAsync(pool, count: 5);

        // The store has closed it, and this process knows; others still pop.
        Assert.Null(await process.ReadFrozenAsync(epoch, 0, 10, Token));
        await process.DropFrozenAsync(epoch, 5, Token);

        Assert.Equal(weakened ? 0 : 5, (await redis.Server.ExecuteAsync("LLEN", pool.Journal(epoch))).Number);
    }
}
