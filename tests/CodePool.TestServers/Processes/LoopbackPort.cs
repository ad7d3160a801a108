using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CodePool.TestServers;

/// <summary>Ports for servers that are stopped and started again on the same one.</summary>
public static class LoopbackPort
{
    // Below the range that systems draw client ports from: while a server is down, no client's connection can take its
    // port, and none that tries to reach it can meet itself there.
    private const int First = 15_000;
    private const int End = 32_000;

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>A port that nobody listens on, and that this process has not been given before.</summary>
    public static int Free()
    {
        while (true)
        {
            int port = Random.Shared.Next(First, End);
            if (IsFree(port) && Given.TryAdd(port, true))
                return port;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
