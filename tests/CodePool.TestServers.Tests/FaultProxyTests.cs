using System.Net;
using System.Net.Sockets;
using System.Text;
using StackExchange.Redis;

namespace CodePool.TestServers.Tests;

public sealed class FaultProxyTests : IAsyncLifetime
{
    private RedisInstance _server = null!;
    private FaultProxy _proxy = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RedisInstance.StartNewAsync();
        _proxy = FaultProxy.Start(_server.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_lost_reply_closes_the_connection_after_the_replies_before_it()
    {
        _proxy.Rule = FaultRules.First(1, FaultAction.LoseReply, request => request.Command == "INCR");
        using TcpClient client = await ConnectAsync();
        await client.GetStream().WriteAsync("*1\r\n$4\r\nPING\r\n*2\r\n$4\r\necho\r\n$2\r\nhi\r\n*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n*2\r\n$3\r\nGET\r\n$1\r\nn\r\n"u8.ToArray(), Token);
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);

        Assert.Equal("+PONG\r\n$2\r\nhi\r\n", await reader.ReadToEndAsync(Token));
        Assert.Equal("1", (await _server.ExecuteAsync("GET", "n")).Text);
        Assert.Equal(1, _proxy.Cuts);
        Assert.Equal(["INCR", "GET"], _proxy.Lost.Select(request => request.Command));
    }

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
    [InlineData("resp2")]
    [InlineData("resp3")]
    public async Task Of_pipelined_requests_each_gets_its_own_reply_or_an_error(string protocol)
    {
        await using ConnectionMultiplexer redis = await ConnectRedisAsync(protocol);
        IDatabase database = redis.GetDatabase();
        _proxy.Rule = FaultRules.LoseReplies(0.002, seed: 3, request => request.Command == "EVALSHA" || request.Command == "EVAL");
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
        Assert.NotEqual(0, _proxy.Cuts);
        Assert.NotEqual(0, answered);
        Assert.InRange(executed, answered + _proxy.Cuts, answered + lost);
        Assert.True(failed >= lost, $"{failed} failed, {lost} were lost");
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
    public async Task Nobody_connects_while_it_refuses()
    {
        using TcpClient before = await ConnectAsync();
        await AssertAnsweredAsync(before);
        _proxy.Refuse();
        Assert.True(await IsCutAsync(before));
        SocketException error = await Assert.ThrowsAsync<SocketException>(ConnectAsync);
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);

        _proxy.Pass();
        using TcpClient after = await ConnectAsync();
        await AssertAnsweredAsync(after);
    }

    [Fact]
    public async Task What_is_frozen_moves_on_when_it_passes_again()
    {
        using TcpClient client = await ConnectAsync();
        await AssertAnsweredAsync(client);
        _proxy.Freeze();
        using TcpClient late = await ConnectAsync();
        Task[] answers = [AssertAnsweredAsync(client), AssertAnsweredAsync(late)];
        Assert.StartsWith("calls=1,", (await _server.InfoAsync("commandstats"))["cmdstat_ping"], StringComparison.Ordinal);
        Assert.All(answers, answer => Assert.False(answer.IsCompleted));
        _proxy.Pass();
        await Task.WhenAll(answers);
    }

    [Fact]
    public async Task A_killed_server_ends_its_clients_connections()
    {
        using TcpClient client = await ConnectAsync();
        await AssertAnsweredAsync(client);
        await _server.KillAsync();
        Assert.True(await IsCutAsync(client));
        await _server.StartAsync();
        using TcpClient after = await ConnectAsync();
        await AssertAnsweredAsync(after);
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

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _proxy.Port, Token);
        return client;
    }

    private static async Task AssertAnsweredAsync(TcpClient client)
    {
        byte[] reply = new byte[7];
        await client.GetStream().WriteAsync("*1\r\n$4\r\nPING\r\n"u8.ToArray(), Token);
        await client.GetStream().ReadExactlyAsync(reply, Token);
        Assert.Equal("+PONG\r\n", Encoding.ASCII.GetString(reply));
    }

    private static async Task<bool> IsCutAsync(TcpClient client)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[1], Token) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
