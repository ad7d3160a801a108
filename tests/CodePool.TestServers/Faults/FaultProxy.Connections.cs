using System.Net.Sockets;

namespace CodePool.TestServers;

/// <summary>The connections that go through it.</summary>
public sealed partial class FaultProxy
{
    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                Socket client = await listener.AcceptAsync();
                client.NoDelay = true;
                Add(listener, client);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Nobody may connect any more.
        }
    }

    private void Add(Socket listener, Socket client)
    {
        lock (_lock)
        {
            // Accepted while it was closed: nobody would cut it.
            if (_listener != listener)
            {
                client.Dispose();
                return;
            }

            var connection = new FaultConnection(this, client, _serverPort);
            _connections.Add(connection, Task.Run(() => RunAsync(connection)));
        }
    }

    private async Task RunAsync(FaultConnection connection)
    {
        try
        {
            await connection.RunAsync();
        }
        catch (InvalidDataException error)
        {
            _failure ??= error;
        }
        finally
        {
            // Removed before it is disposed, so that nobody cuts it then.
            lock (_lock)
                _connections.Remove(connection);
            connection.Dispose();
        }
    }
}
