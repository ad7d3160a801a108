using CodePool.Providers;
using CodePool.Redis.Internal;
using CodePool.Redis.Tests.Support;
using StackExchange.Redis;

namespace CodePool.Redis.Tests.Deployments;

/// <summary>The rule of docs/redis.md for the pool's user: enough, and nothing in it is too much.</summary>
public sealed class AccessTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    /// <summary>What the scripts call, and how they are called.</summary>
    private static readonly string[] Commands =
    [
        "+evalsha", "+eval", "+info", "+time", "+del", "+exists", "+hget", "+hmget", "+hgetall", "+hkeys", "+hset", "+hdel",
        "+llen", "+lpop", "+rpush", "+ltrim", "+lindex", "+lrange",
    ];

    /// <summary>Without which StackExchange.Redis does not connect.</summary>
    private static readonly string[] Client = ["+echo"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly string[] All = ["~codepool:*", .. Client, .. Commands];

    public static TheoryData<string> Rules() => [.. All];

    [Fact]
    public async Task The_rule_is_enough() => await LiveAsync(All);

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Nothing_can_be_left_out(string rule)
    {
        Exception? failure = await Record.ExceptionAsync(() => LiveAsync([.. All.Where(other => other != rule)]));
        Assert.True(failure is CodePoolConfigurationException, $"without {rule}: {failure}");
        Assert.Contains("docs/redis.md", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Every script once, each far enough to call all that it calls.</summary>
    private async Task LiveAsync(IReadOnlyList<string> rules)
    {
        string user = $"app-{Guid.NewGuid():N}";
        await redis.Server.ExecuteAsync(["ACL", "SETUSER", user, "on", ">secret", "resetchannels", "-@all", .. rules]);
        await redis.Server.ExecuteAsync("SCRIPT", "FLUSH");
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess(
            ConfigurationOptions.Parse($"127.0.0.1:{redis.Server.Port},user={user},password=secret"));
        Epoch epoch = await process.OpenAsync(pool);
        await process.PushAsync(epoch, lease: 1, first: 1, count: 2);
        await process.PushAsync(epoch, lease: 2, first: 3, count: 2);
        await process.PopAsync(3);
        await process.TrimAsync((await process.ReadAsync(2))!);
        await process.ForgetAsync(await process.GetFinishedLeasesAsync(Token), 1, Token);
        await process.OpenAsync(pool, number: 2);
        Assert.Equal([3], (await process.ReadFrozenAsync(epoch, 0, 10, Token))!.Codes.Select(code => code.Number));
        await process.DropFrozenAsync(epoch, 1, Token);
    }
}
