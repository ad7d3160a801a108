using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace CodePool.TestServers;

/// <summary>The smallest client there is: one command after the other, no retry, no state. For servers that misbehave.</summary>
internal sealed class RespConnection : IDisposable
{
    private readonly byte[] _buffer = new byte[4096];
    private readonly Stream _stream;
    private int _at;
    private int _end;

    private RespConnection(Stream stream) => _stream = stream;

    /// <summary>Connects; <paramref name="certificate"/> is the one that the server must show, null without TLS.</summary>
    public static async Task<RespConnection> ConnectAsync(int port, X509Certificate2? certificate, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            Stream stream = new NetworkStream(socket, ownsSocket: true);
            if (certificate is not null)
            {
                var secure = new SslStream(stream, false, (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString());
                stream = secure;
                await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, cancellationToken);
            }

            return new RespConnection(stream);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one command and reads its reply; an error reply is thrown.</summary>
    public async Task<RespValue> CallAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encode(command), cancellationToken);
        RespValue reply = await ReadAsync(cancellationToken);
        return reply.Kind == '-' ? throw new RespErrorException(command[0], reply.Text!) : reply;
    }

    public void Dispose() => _stream.Dispose();

    private static byte[] Encode(IReadOnlyList<string> command)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Count}\r\n");
        foreach (string part in command)
            text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private async Task<RespValue> ReadAsync(CancellationToken cancellationToken)
    {
        string line = await ReadLineAsync(cancellationToken);
        char kind = line[0];
        if (kind is not ('$' or '*'))
            return new RespValue(kind, line[1..], []);

        int length = int.Parse(line[1..], CultureInfo.InvariantCulture);
        if (length < 0)
            return new RespValue('$', null, []);
        if (kind == '$')
            return new RespValue(kind, await ReadTextAsync(length, cancellationToken), []);

        var items = new List<RespValue>(length);
        while (items.Count < length)
            items.Add(await ReadAsync(cancellationToken));
        return new RespValue(kind, null, items);
    }

    private async Task<string> ReadTextAsync(int length, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[length + 2];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = await ReadByteAsync(cancellationToken);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        while (line is not [.., (byte)'\r', (byte)'\n'])
            line.Add(await ReadByteAsync(cancellationToken));
        return Encoding.UTF8.GetString([.. line[..^2]]);
    }

    private async ValueTask<byte> ReadByteAsync(CancellationToken cancellationToken)
    {
        if (_at == _end)
        {
            _at = 0;
            _end = await _stream.ReadAsync(_buffer, cancellationToken);
            if (_end == 0)
                throw new EndOfStreamException("The server has closed the connection.");
        }

        return _buffer[_at++];
    }
}
