using CodePool.Providers;
using CodePool.Redis.Internal;
using CodePool.Redis.Tests.Support;
using CodePool.TestServers;

namespace CodePool.Redis.Tests.Protocol;

/// <summary>A server at maxmemory refuses the first write that needs room: what gives room, or moves codes, goes on.</summary>
public sealed class FullTests : IAsyncLifetime
{
    private RedisInstance _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RedisInstance.StartNewAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task All_goes_on_but_the_push(CodeConsistency consistency)
    {
        await using var pool = new TestPool(_server, consistency);
        RedisCodeCache process = pool.CreateProcess();
        Epoch epoch = await process.OpenAsync(pool);
        await process.PushAsync(epoch, lease: 1, first: 1, count: 6);
        await SetMaxMemoryAsync("1");

        Assert.Equal(CacheStatus.Full, await process.PushAsync(epoch, lease: 2, first: 7, count: 4));
        Assert.Equal([2], await process.FindUnknownAsync(epoch, [1, 2], Token));
        Assert.Equal([1, 2, 3], await process.PopAsync(3));
        Assert.Equal([4], await process.PopAsync(1));
        if (consistency == CodeConsistency.Journaled)
        {
            Assert.Equal(new CacheLevels(2, 4), await process.LevelsAsync());
            JournalBatch batch = (await process.ReadAsync(3))!;
            await process.TrimAsync(batch);
            Assert.Equal([4], await process.ReadNumbersAsync());
        }

        Epoch next = await process.OpenAsync(pool, number: 2);
        Assert.Equal(CacheStatus.Full, await process.PushAsync(next, lease: 3, first: 11, count: 1));
        Assert.Empty(await process.PopAsync(1));

        await SetMaxMemoryAsync("0");
        Assert.Equal(CacheStatus.Ok, await process.PushAsync(next, lease: 3, first: 11, count: 1));
        Assert.Equal([11], await process.PopAsync(1));
        if (consistency == CodeConsistency.Journaled)
            Assert.Equal([4], (await process.ReadFrozenAsync(epoch, 0, 10, Token))!.Codes.Select(code => code.Number));
    }

    [Fact]
    public async Task Nothing_is_forgotten_without_room_for_the_mark()
    {
        await using var pool = new TestPool(_server);
        RedisCodeCache process = pool.CreateProcess();
        Epoch epoch = await process.OpenAsync(pool);
        await process.PushAsync(epoch, lease: 1, first: 1, count: 1);
        await process.PopAsync(1);
        await process.DrainAsync();
        await SetMaxMemoryAsync("1");
        await process.ForgetAsync([new FinishedLease(epoch, 1)], 1, Token);
        await SetMaxMemoryAsync("0");

        Assert.Equal(CacheStatus.Duplicate, await process.PushAsync(epoch, lease: 1, first: 1, count: 1));
    }

    private Task SetMaxMemoryAsync(string bytes) => _server.ExecuteAsync("CONFIG", "SET", "maxmemory", bytes);
}
