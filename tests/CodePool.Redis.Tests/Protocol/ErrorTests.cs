using CodePool.Providers;
using CodePool.Redis.Internal;
using CodePool.Redis.Tests.Support;
using CodePool.TestServers;
using StackExchange.Redis;

namespace CodePool.Redis.Tests.Protocol;

/// <summary>What goes wrong between client and server is typed, and says what may have been done.</summary>
public sealed class ErrorTests(RedisFixture redis) : IClassFixture<RedisFixture>
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Credentials() => ["", "password=wrong", "user=app,password=wrong", "user=nobody,password=x"];

    [Theory]
    [MemberData(nameof(Credentials))]
    public async Task Access_denied_is_for_a_person_to_mend(string credentials)
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync(new RedisOptions
        {
            Users = ["user default off", "user app on >secret ~codepool:* &* +@all"],
        });
        await AssertDeniedAsync(server, credentials);
    }

    [Theory]
    [InlineData("")]
    [InlineData("password=wrong")]
    public async Task A_password_that_is_missing_or_wrong(string credentials)
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync(new RedisOptions { Password = "secret" });
        await AssertDeniedAsync(server, credentials);
    }

    /// <summary>As 7.0 says it, and as 7.2 and Valkey do.</summary>
    [Theory]
    [InlineData("ERR The user executing the script can't run this command or subcommand script: 42, on @user_script:1.")]
    [InlineData("ERR ACL failure in script: User app has no permissions to run the 'hset' command script: 42, on @user_script:1.")]
    public void A_command_denied_inside_a_script_is_for_a_person_to_mend(string said)
    {
        Exception denied = RedisErrors.Translate("test", new RedisServerException(RedisErrorKind.None, CommandFlags.None, said), taking: 1);
        Assert.Contains("docs/redis.md", Assert.IsType<CodePoolConfigurationException>(denied).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_took_nothing()
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess(ConfigurationOptions.Parse("127.0.0.1:1,connectTimeout=200"));
        await Assert.ThrowsAsync<CodePoolCacheUnavailableException>(process.LookAsync);
        process.Join(await pool.CreateProcess().OpenAsync(pool));

        CodePoolCacheUnavailableException failure = await Assert.ThrowsAsync<CodePoolCacheUnavailableException>(() => process.PopStatusAsync(7));
        Assert.True(failure.PossiblyTaken == 0, failure.ToString());
    }

    [Fact]
    public async Task A_replica_alone_is_unavailable()
    {
        await using RedisInstance replica = await RedisInstance.StartNewAsync();
        await replica.ReplicaOfAsync("127.0.0.1", 1);
        await using var pool = new TestPool(replica);
        await Assert.ThrowsAsync<CodePoolCacheUnavailableException>(pool.CreateProcess().LookAsync);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_pools_keys_are_not_touched(bool weakened)
    {
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess(Weakened.If(weakened, Weakened.OtherPool));
        await process.OpenAsync(pool);
        Epoch next = await process.NewEpochAsync(pool.Consistency, number: 2);
        await redis.Server.ExecuteAsync("HSET", pool.Meta, "pool", "another");

        await Assert.ThrowsAsync<CodePoolConfigurationException>(process.LookAsync);
        if (weakened)
            Assert.Equal(CacheStatus.Ok, await process.OpenAsync(next, Token));
        else
            await Assert.ThrowsAsync<CodePoolConfigurationException>(async () => await process.OpenAsync(next, Token));
    }

    [Fact]
    public async Task Forgotten_scripts_are_sent_again()
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync();
        await using var pool = new TestPool(server);
        RedisCodeCache process = pool.CreateProcess();
        Epoch epoch = await process.OpenAsync(pool);
        await process.PushAsync(epoch, lease: 1, first: 1, count: 10);
        for (int pop = 1; pop <= 3; pop++)
        {
            await server.ExecuteAsync("SCRIPT", "FLUSH");
            Assert.Equal([pop], await process.PopAsync(1));
        }
    }

    [Theory]
    [InlineData(FaultAction.LoseReply, true)]
    [InlineData(FaultAction.LoseRequest, false)]
    public async Task A_pop_whose_reply_is_lost_may_have_taken_what_was_asked_for(FaultAction action, bool taken)
    {
        await using FaultProxy proxy = FaultProxy.Start(redis.Server.Port);
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess(ConfigurationOptions.Parse($"127.0.0.1:{proxy.Port}"));
        Epoch epoch = await process.OpenAsync(pool);
        await process.PushAsync(epoch, lease: 1, first: 1, count: 10);
        Assert.Equal([1], await process.PopAsync(1));
        proxy.Rule = FaultRules.First(1, action, request => request.Runs(new RedisScripts().Pop.Text));

        CodePoolCacheUnavailableException lost = await Assert.ThrowsAsync<CodePoolCacheUnavailableException>(() => process.PopStatusAsync(4));

        Assert.Equal(4, lost.PossiblyTaken);
        RedisCodeCache other = pool.CreateProcess();
        other.Join(epoch);
        Assert.Equal([taken ? 6 : 2], await other.PopAsync(1));
        Assert.Equal(taken ? [1, 2, 3, 4, 5, 6] : [1, 2], await other.ReadNumbersAsync());
    }

    [Fact]
    public async Task A_push_whose_reply_is_lost_is_repeated_and_found()
    {
        await using FaultProxy proxy = FaultProxy.Start(redis.Server.Port);
        await using var pool = new TestPool(redis.Server);
        RedisCodeCache process = pool.CreateProcess(ConfigurationOptions.Parse($"127.0.0.1:{proxy.Port}"));
        Epoch epoch = await process.OpenAsync(pool);

        // So that the server knows the script: otherwise the lost reply would say no more than that it does not.
        await process.PushAsync(epoch, lease: 1, first: 1, count: 3);
        proxy.Rule = FaultRules.First(1, FaultAction.LoseReply, request => request.Runs(new RedisScripts().Push.Text));

        await Assert.ThrowsAsync<CodePoolCacheUnavailableException>(() => process.PushAsync(epoch, lease: 2, first: 4, count: 3));

        CacheStatus repeated = CacheStatus.Fenced;
        await Eventually.HoldsAsync(
            async () =>
            {
                try
                {
                    repeated = await process.PushAsync(epoch, lease: 2, first: 4, count: 3);
                    return true;
                }
                catch (CodePoolCacheUnavailableException)
                {
                    return false;
                }
            },
            "the client to connect again");
        Assert.Equal(CacheStatus.Duplicate, repeated);
        Assert.Equal([1, 2, 3, 4, 5, 6], await process.PopAsync(9));
    }

    private static async Task AssertDeniedAsync(RedisInstance server, string credentials)
    {
        await using var pool = new TestPool(server);
        RedisCodeCache process = pool.CreateProcess(ConfigurationOptions.Parse($"127.0.0.1:{server.Port},{credentials}"));

        // A look that falls between two of the client's attempts to connect learns no more than that there is no connection.
        Exception? failure = null;
        await Eventually.HoldsAsync(
            async () => (failure = await Record.ExceptionAsync(process.LookAsync)) is not CodePoolCacheUnavailableException, "Redis to say why");
        Assert.True(failure is CodePoolConfigurationException, $"{failure}");
        var denied = (CodePoolConfigurationException)failure;
        Assert.Contains("docs/redis.md", denied.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", denied.Message, StringComparison.Ordinal);
    }
}
