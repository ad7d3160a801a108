using System.Globalization;
using CodePool.Providers;
using CodePool.Redis.Internal;
using CodePool.Redis.Tests.Support;

namespace CodePool.Redis.Tests.Fence;

/// <summary>Somebody deletes, evicts or writes to the pool's keys: noticed before anything is touched.</summary>
public sealed class DamageTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A command on one of the keys: 20 codes were pushed, 4 popped and 3 trimmed; the others are 12 that lie loose and a run of 4.</summary>
    public static TheoryData<string, CodeConsistency> Damages()
    {
        var data = new TheoryData<string, CodeConsistency>();
        foreach (string damage in (string[])
        [
            "DEL meta", "DEL list", "LPOP list", "RPUSH list x", "SET list x", "DEL loose", "LPOP loose", "RPUSH loose x", "SET loose x",
            "HSET meta token 0", "HSET meta replid 0", "HSET meta runs 2", "HSET meta packed 5", "HDEL meta runs", "HDEL meta packed", "HDEL meta folded",
        ])
        {
            data.Add(damage, CodeConsistency.Journaled);
            data.Add(damage, CodeConsistency.Confirmed);
        }

        foreach (string damage in (string[])["DEL journal", "LPOP journal", "RPUSH journal x", "SET journal x", "HSET meta folded 1"])
            data.Add(damage, CodeConsistency.Journaled);
        return data;
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Every_step_is_refused_and_the_next_epoch_is_sound(string damage, CodeConsistency consistency)
    {
        await using var pool = new TestPool(redis.Server, consistency);
        RedisCodeCache process = pool.CreateProcess();
        Epoch epoch = await StartAsync(pool, process);
        JournalBatch? read = await process.ReadAsync(1);
        await DamageAsync(pool, epoch, damage);

        Assert.Equal(CacheStatus.Fenced, await process.PopStatusAsync(3));
        Assert.Equal(CacheStatus.Fenced, await process.PushAsync(epoch, lease: 2, first: 21, count: 3));
        Assert.Null(await process.LevelsAsync());
        Assert.Null(await process.ReadAsync());
        Assert.Empty(await process.GetFinishedLeasesAsync(Token));
        if (read is not null)
            await process.TrimAsync(read);
        await process.ForgetAsync([new FinishedLease(epoch, 1)], 1, Token);

        Epoch next = await process.OpenAsync(pool, number: 2);
        Assert.Equal(CacheStatus.Ok, await process.PushAsync(next, lease: 3, first: 31, count: 3));
        Assert.Equal([31, 32, 33], await process.PopAsync(5));
        foreach (Epoch frozen in (await process.LookAsync()).Frozen)
        {
            JournalBatch? left = await process.ReadFrozenAsync(frozen, 0, 100, Token);
            await process.DropFrozenAsync(frozen, left?.Entries ?? 0, Token);
        }

        Assert.Empty((await process.LookAsync()).Frozen);
    }

    [Fact]
    public async Task A_meta_that_is_no_hash_is_for_a_person_to_mend()
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess();
        Epoch epoch = await StartAsync(pool, process);
        await redis.Server.ExecuteAsync("SET", pool.Meta, "x");

        Assert.Equal(CacheStatus.Fenced, await process.PopStatusAsync(3));
        await Assert.ThrowsAsync<CodePoolConfigurationException>(process.LookAsync);

        await redis.Server.ExecuteAsync("DEL", pool.Meta);
        await process.OpenAsync(pool, epoch.Number + 1);
    }

    [Theory]
    [InlineData("list", false)]
    [InlineData("list", true)]
    [InlineData("loose", false)]
    [InlineData("loose", true)]
    public async Task A_list_put_back_by_a_stranger_would_be_popped_again_if_nobody_counted_it(string list, bool weakened)
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess(Weakened.If(weakened, list == "list" ? Weakened.ListLength : Weakened.LooseLength));
        Epoch epoch = await process.OpenAsync(pool);
        await process.PushAsync(epoch, lease: 1, first: 1, count: list == "list" ? 3 : 4);
        if (list == "loose")
            await process.PopAsync(1);
        string key = list == "list" ? pool.List(epoch) : pool.Loose(epoch);
        await redis.Server.ExecuteAsync("COPY", key, key + ":backup");
        List<long> handedOut = [.. await process.PopAsync(3)];
        await redis.Server.ExecuteAsync("RENAME", key + ":backup", key);

        PopResult pop = await process.PopAsync(3, Token);
        handedOut.AddRange(pop.Codes.Select(code => code.Number));

        Assert.Equal(weakened ? CacheStatus.Ok : CacheStatus.Fenced, pop.Status);
        Assert.Equal(weakened ? 3 : 0, handedOut.Count - handedOut.Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deleted_journal_would_lose_marks_if_nobody_counted_it(bool weakened)
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess(Weakened.If(weakened, Weakened.JournalLength));
        Epoch epoch = await StartAsync(pool, process);
        await redis.Server.ExecuteAsync("DEL", pool.Journal(epoch));

        Assert.Equal(weakened ? CacheStatus.Ok : CacheStatus.Fenced, await process.PopStatusAsync(1));

        // One of the four that were taken is in no journal, and their lease would go on as if nothing had happened.
        if (weakened)
            Assert.Equal([5], await process.ReadNumbersAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_meta_of_another_server_is_not_used(bool weakened)
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess(Weakened.If(weakened, Weakened.Elsewhere));
        Epoch epoch = await StartAsync(pool, process);
        await DamageAsync(pool, epoch, "HSET meta replid 0");

        Assert.Equal(weakened ? CacheStatus.Ok : CacheStatus.Fenced, await process.PopStatusAsync(1));
    }

    private static async Task<Epoch> StartAsync(TestPool pool, RedisCodeCache process)
    {
        Epoch epoch = await process.OpenAsync(pool);
        await process.PushAsync(epoch, lease: 1, first: 1, count: 20);
        await process.PopAsync(3);
        if (await process.ReadAsync(1) is { } batch)
            await process.TrimAsync(batch);
        await process.PopAsync(1);
        return epoch;
    }

    private async Task DamageAsync(TestPool pool, Epoch epoch, string damage) => await redis.Server.ExecuteAsync([.. damage.Split(' ').Select(part => part switch
    {
        "meta" => pool.Meta,
        "list" => pool.List(epoch),
        "loose" => pool.Loose(epoch),
        "journal" => pool.Journal(epoch),
        _ => part.ToString(CultureInfo.InvariantCulture),
    })]);
}
