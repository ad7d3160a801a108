using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CodePool.TestServers.Tests;

public sealed partial class FaultProxyTests : IAsyncLifetime
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
