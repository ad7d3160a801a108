using CodePool.Providers;
using CodePool.Redis.Internal;

namespace CodePool.Redis.Tests.Support;

/// <summary>The steps of a cache's life, short enough to tell a story in a test.</summary>
internal static class CacheSteps
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A lease whose codes are C and their number, all equally long.</summary>
    public static Lease Lease(long number, long first, int count) =>
        new(number, first, [.. Enumerable.Range(0, count).Select(offset => $"C{first + offset:d5}")]);

    /// <summary>What the store's row of a new epoch on this server would be.</summary>
    public static async Task<Epoch> NewEpochAsync(this RedisCodeCache process, CodeConsistency consistency, long number = 1) => new(
        number, Guid.NewGuid(), EpochKind.Redis, (await process.LookAsync(Token)).Identity, consistency, EpochState.Open, 0);

    /// <summary>Looks, and opens an epoch.</summary>
    public static async Task<Epoch> OpenAsync(this RedisCodeCache process, TestPool pool, long number = 1)
    {
        Epoch epoch = await process.NewEpochAsync(pool.Consistency, number);
        Assert.Equal(CacheStatus.Ok, await process.OpenAsync(epoch, Token));
        return epoch;
    }

    /// <summary>Opens an epoch, pushes so many codes and takes them one by one: each is an entry of the journal.</summary>
    public static Task<Epoch> TakeAsync(this RedisCodeCache process, TestPool pool, int count) => new[] { process }.TakeAsync(pool, count);

    /// <summary>The same, by the first of several processes in the same epoch.</summary>
    public static async Task<Epoch> TakeAsync(this RedisCodeCache[] processes, TestPool pool, int count)
    {
        Epoch epoch = await processes[0].OpenAsync(pool);
        foreach (RedisCodeCache process in processes)
            process.Join(epoch);
        await processes[0].PushAsync(epoch, lease: 1, first: 1, count: count);
        for (int number = 1; number <= count; number++)
            Assert.Equal([number], await processes[0].PopAsync(1));
        return epoch;
    }

    public static async Task<CacheStatus> PushAsync(this RedisCodeCache process, Epoch epoch, long lease, long first, int count) =>
        await process.PushAsync(epoch, Lease(lease, first, count), Token);

    /// <summary>Pops, and expects neither fence nor bound.</summary>
    public static async Task<IReadOnlyList<long>> PopAsync(this RedisCodeCache process, int count)
    {
        PopResult pop = await process.PopAsync(count, Token);
        Assert.Equal(CacheStatus.Ok, pop.Status);
        return [.. pop.Codes.Select(code => code.Number)];
    }

    public static async Task<CacheStatus> PopStatusAsync(this RedisCodeCache process, int count) =>
        (await process.PopAsync(count, Token)).Status;

    public static async Task<JournalBatch?> ReadAsync(this RedisCodeCache process, int count = 1_000) =>
        await process.ReadJournalAsync(count, Token);

    public static async Task<IReadOnlyList<long>> ReadNumbersAsync(this RedisCodeCache process, int count = 1_000) =>
        await process.ReadAsync(count) is { } batch ? [.. batch.Codes.Select(code => code.Number)] : [];

    public static async Task TrimAsync(this RedisCodeCache process, JournalBatch batch) => await process.TrimJournalAsync(batch, Token);

    /// <summary>As a marker does it, up to so many entries a batch.</summary>
    public static async Task DrainAsync(this RedisCodeCache process, int count = 1_000)
    {
        while (await process.ReadAsync(count) is { } batch)
            await process.TrimAsync(batch);
    }

    public static async Task<CacheLevels?> LevelsAsync(this RedisCodeCache process) =>
        await process.GetLevelsAsync(Token) is { } levels ? levels with { HighestLease = 0 } : null;

    public static async Task<CacheView> LookAsync(this RedisCodeCache process) => await process.LookAsync(Token);
}
