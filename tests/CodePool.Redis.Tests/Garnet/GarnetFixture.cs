using System.Net;
using System.Net.Sockets;
using Garnet;

namespace CodePool.Redis.Tests.Garnet;

/// <summary>Garnet in this process, with scripts that are atomic.</summary>
internal static class GarnetFixture
{
    private static readonly Lazy<string> Shared = new(Start);

    /// <summary>For StackExchange.Redis. It ends with this process.</summary>
    public static string Configuration => Shared.Value;

    private static string Start()
    {
        int port = FreePort();
        var server = new GarnetServer(
            ["--bind", "127.0.0.1", "--port", $"{port}", "--lua", "--lua-transaction-mode", "--memory", "64m", "--index", "1m"]);
        server.Start();
        return $"127.0.0.1:{port}";
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
