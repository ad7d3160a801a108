using StackExchange.Redis;

namespace CodePool.TestServers.Tests;

/// <summary>With the client that applications use: many requests on one connection.</summary>
public sealed partial class FaultProxyTests
{
    [Fact]
    public async Task A_lost_request_is_not_executed()
    {
        _proxy.Rule = FaultRules.First(1, FaultAction.LoseRequest, request => request.Command == "INCR");
        await using ConnectionMultiplexer redis = await ConnectRedisAsync();
        await Assert.ThrowsAnyAsync<RedisException>(() => redis.GetDatabase().StringIncrementAsync("n"));
        Assert.Null((await _server.ExecuteAsync("GET", "n")).Text);
        Assert.Equal(1, _proxy.Cuts);
    }

    [Theory]
    [InlineData("resp2", 0.002)]
    [InlineData("resp3", 0.002)]
    [InlineData("resp3", 0)]
    public async Task Of_pipelined_requests_each_gets_its_own_reply_or_an_error(string protocol, double share)
    {
        await using ConnectionMultiplexer redis = await ConnectRedisAsync(protocol);
        IDatabase database = redis.GetDatabase();
        _proxy.Rule = FaultRules.LoseReplies(share, seed: 3, request => request.Command == "EVALSHA" || request.Command == "EVAL");
        int answered = 0;
        int failed = 0;
        await Task.WhenAll(Enumerable.Range(0, 32).Select(async caller =>
        {
            for (int call = 0; call < 200; call++)
            {
                try
                {
                    string[] reply = (string[])(await database.ScriptEvaluateAsync(
                        "return {ARGV[1], {tostring(redis.call('INCR', KEYS[1]))}, ARGV[1]}", ["n"], [$"{caller}-{call}"]))!;
                    Assert.Equal($"{caller}-{call}", reply[0]);
                    Interlocked.Increment(ref answered);
                }
                catch (Exception error) when (error is RedisException or TimeoutException)
                {
                    Interlocked.Increment(ref failed);
                }
            }
        }));
        _proxy.Rule = FaultRules.Pass;

        long executed = (await _server.ExecuteAsync("GET", "n")).Number;
        int lost = _proxy.Lost.Count(request => request.ScriptHash is not null);
        Assert.Equal(share > 0, _proxy.Cuts > 0);
        Assert.NotEqual(0, answered);
        Assert.InRange(executed, answered + _proxy.Cuts, answered + lost);
        Assert.True(failed >= lost, $"{failed} failed, {lost} were lost");
        TestContext.Current.SendDiagnosticMessage($"{_proxy.Cuts} cuts, {lost} lost, {failed} failed, {executed} executed, {answered} answered");
    }

    [Theory]
    [InlineData("resp2")]
    [InlineData("resp3")]
    public async Task Messages_pass_between_replies(string protocol)
    {
        await using ConnectionMultiplexer redis = await ConnectRedisAsync(protocol);
        ISubscriber subscriber = redis.GetSubscriber();
        ChannelMessageQueue queue = await subscriber.SubscribeAsync(RedisChannel.Literal("news"));
        for (int message = 0; message < 100; message++)
        {
            Task<RedisResult> echo = redis.GetDatabase().ExecuteAsync("ECHO", $"{message}");
            await subscriber.PublishAsync(RedisChannel.Literal("news"), message);
            Assert.Equal($"{message}", (string?)await echo);
            Assert.Equal(message, (int)(await queue.ReadAsync(Token)).Message);
        }
    }

    [Fact]
    public async Task A_script_is_known_by_its_text_or_its_hash()
    {
        const string Script = "return redis.call('INCR', KEYS[1])";
        await using ConnectionMultiplexer redis = await ConnectRedisAsync();
        _proxy.Rule = FaultRules.First(2, FaultAction.LoseReply, request => request.Runs(Script));
        Assert.Equal(1, (int)await redis.GetDatabase().ScriptEvaluateAsync("return 1"));
        await Assert.ThrowsAnyAsync<RedisException>(() => redis.GetDatabase().ScriptEvaluateAsync(Script, ["n"]));
        Assert.Equal("1", (await _server.ExecuteAsync("GET", "n")).Text);
        Assert.Equal(1, _proxy.Cuts);
    }

    private Task<ConnectionMultiplexer> ConnectRedisAsync(string protocol = "resp3")
    {
        var configuration = ConfigurationOptions.Parse($"127.0.0.1:{_proxy.Port},abortConnect=false,protocol={protocol}");
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        return ConnectionMultiplexer.ConnectAsync(configuration);
    }
}
