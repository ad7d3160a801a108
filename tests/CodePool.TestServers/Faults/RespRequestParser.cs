using System.Buffers.Text;

namespace CodePool.TestServers;

/// <summary>Reads requests, which are arrays of strings: all that clients send.</summary>
internal static class RespRequestParser
{
    /// <summary>The request at the start of the data, and its length; false while it is not complete.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, out RespRequest request, out int length)
    {
        (request, length) = (null!, 0);
        int at = 0;
        if (!TryReadHeader(data, (byte)'*', ref at, out int count))
            return false;

        var parts = new List<byte[]>(count);
        while (parts.Count < count)
        {
            if (!TryReadHeader(data, (byte)'$', ref at, out int size) || data.Length < at + size + 2)
                return false;

            parts.Add(data.Slice(at, size).ToArray());
            at += size + 2;
        }

        (request, length) = (new RespRequest(parts), at);
        return true;
    }

    private static bool TryReadHeader(ReadOnlySpan<byte> data, byte kind, ref int at, out int number)
    {
        number = 0;
        int end = data[at..].IndexOf("\r\n"u8);
        if (end < 0)
            return false;

        ReadOnlySpan<byte> line = data.Slice(at, end);
        if (line.Length < 2 || line[0] != kind || !Utf8Parser.TryParse(line[1..], out number, out _) || number < 0)
            throw new InvalidDataException("A request is not an array of strings.");

        at += end + 2;
        return true;
    }
}
