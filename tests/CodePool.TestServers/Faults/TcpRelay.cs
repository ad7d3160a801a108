using System.Net;
using System.Net.Sockets;

namespace CodePool.TestServers;

/// <summary>Stands between clients and any one server on this machine, forwards bytes, and cuts the clients off when told to.</summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly TcpListener _listener;
    private readonly int _serverPort;
    private readonly Task _accepting;
    private bool _refuses;

    private TcpRelay(int serverPort)
    {
        _serverPort = serverPort;
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients find it, on 127.0.0.1.</summary>
    public int Port { get; } = LoopbackPort.Free();

    /// <summary>Starts one before the server on this port.</summary>
    public static TcpRelay Start(int serverPort) => new(serverPort);

    /// <summary>Cuts all connections, and each new one at once.</summary>
    public void Refuse()
    {
        lock (_lock)
        {
            _refuses = true;
            foreach (Socket socket in _sockets)
                socket.Dispose();
            _sockets.Clear();
        }
    }

    /// <summary>Forwards again.</summary>
    public void Pass()
    {
        lock (_lock)
            _refuses = false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Refuse();
        _listener.Dispose();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = RelayAsync(await _listener.AcceptSocketAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Nobody may connect any more.
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            if (!TryAdd(client, server))
                return;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _serverPort);
                (client.NoDelay, server.NoDelay) = (true, true);
                await Task.WhenAny(CopyAsync(client, server), CopyAsync(server, client));
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // The client sees its connection end.
            }
        }

        lock (_lock)
        {
            _sockets.Remove(client);
            _sockets.Remove(server);
        }
    }

    private bool TryAdd(Socket client, Socket server)
    {
        lock (_lock)
        {
            if (_refuses)
                return false;
            _sockets.Add(client);
            _sockets.Add(server);
            return true;
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var read and > 0)
            {
                for (int sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Either side has gone, and the other goes with it.
        }
    }
}
