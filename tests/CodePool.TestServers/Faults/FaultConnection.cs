using System.Net;
using System.Net.Sockets;

namespace CodePool.TestServers;

/// <summary>One client's connection through the proxy, and the one to the server that belongs to it.</summary>
internal sealed class FaultConnection(FaultProxy proxy, Socket client, int serverPort) : IDisposable
{
    // How long a client that was cut off may take to notice; then its connection is reset.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    private readonly ReplyTracker _replies = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private volatile bool _serverGone;

    public async Task RunAsync()
    {
        try
        {
            await proxy.FlowsAsync(_end.Token);
            await _server.ConnectAsync(IPAddress.Loopback, serverPort, _end.Token);
            Task requests = ForwardRequestsAsync();
            Task replies = ForwardRepliesAsync();
            if (await Task.WhenAny(requests, replies) == replies && replies.IsCompletedSuccessfully)
                await EndGentlyAsync(requests);
            await _end.CancelAsync();
            await Task.WhenAll(requests, replies);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client sees its connection end, whoever ended it.
        }
    }

    /// <summary>Cuts it at once, with everything that is on its way.</summary>
    public void Cut()
    {
        proxy.Lose(_replies.Close());
        _ = _end.CancelAsync(); // Not here: whoever waits for it would go on inside the lock of the caller.
    }

    public void Dispose()
    {
        client.Dispose();
        _server.Dispose();
        _end.Dispose();
    }

    /// <summary>Ends when the client does. When the server has gone, what the client still sends is dropped.</summary>
    private async Task ForwardRequestsAsync()
    {
        byte[] buffer = new byte[16 * 1024];
        int filled = 0;
        while (await client.ReceiveAsync(buffer.AsMemory(filled), _end.Token) is var read and > 0)
        {
            filled += read;
            await proxy.FlowsAsync(_end.Token);
            int complete = Admit(buffer.AsSpan(0, filled));
            await SendToServerAsync(buffer.AsMemory(0, complete));
            filled = _serverGone ? 0 : filled - complete;
            buffer.AsSpan(complete, filled).CopyTo(buffer);
            if (filled == buffer.Length)
                Array.Resize(ref buffer, 2 * filled);
        }
    }

    /// <summary>How much may be forwarded: whole requests, each known before the server can answer it.</summary>
    private int Admit(ReadOnlySpan<byte> data)
    {
        int at = 0;
        while (!_serverGone && RespRequestParser.TryRead(data[at..], out RespRequest request, out int length))
        {
            FaultAction action = proxy.Decide(request);
            if (action == FaultAction.LoseRequest)
            {
                proxy.CountCut();
                Cut();
                _end.Token.ThrowIfCancellationRequested();
            }

            // After a cut nothing more may reach the server: it would be executed, and nobody would have counted it.
            if (_replies.TryAdd(request, action))
                at += length;
            else
                _serverGone = true;
        }

        return at;
    }

    private async Task SendToServerAsync(ReadOnlyMemory<byte> requests)
    {
        try
        {
            await SendAsync(_server, requests);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            _serverGone = true;
        }
    }

    /// <summary>Ends when the server does, or before the first reply that is to be lost.</summary>
    private async Task ForwardRepliesAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        bool cut = false;
        while (!cut && await ReceiveFromServerAsync(buffer) is var read and > 0)
        {
            await proxy.FlowsAsync(_end.Token);
            int passed = _replies.Pass(buffer.AsSpan(0, read), out cut);
            if (cut)
            {
                proxy.CountCut();
                proxy.Lose(_replies.Close());
            }

            await SendAsync(client, buffer.AsMemory(0, passed));
        }
    }

    private async Task<int> ReceiveFromServerAsync(byte[] buffer)
    {
        try
        {
            return await _server.ReceiveAsync(buffer, _end.Token);
        }
        catch (SocketException)
        {
            return 0; // Killed: to the client that is an end like any other.
        }
    }

    /// <summary>An orderly end, so that no reset can overtake the replies that were passed on.</summary>
    private async Task EndGentlyAsync(Task requests)
    {
        _server.Dispose();
        client.Shutdown(SocketShutdown.Send);
        await requests.WaitAsync(Linger, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task SendAsync(Socket socket, ReadOnlyMemory<byte> data)
    {
        while (data.Length > 0)
            data = data[await socket.SendAsync(data, _end.Token)..];
    }
}
