using System.Text;

namespace CodePool.TestServers.Tests;

/// <summary>However replies arrive, each ends where it ends.</summary>
public sealed class RespReplyScannerTests
{
    private static readonly string[] Replies =
    [
        "+OK\r\n", "-ERR no 12 such\r\n", ":-5\r\n", "$5\r\n*1\r\n:\r\n", "$0\r\n\r\n", "$-1\r\n", "*-1\r\n", "*0\r\n",
        "*3\r\n:1\r\n*2\r\n$1\r\na\r\n*0\r\n$-1\r\n", "_\r\n", "#t\r\n", ",-1.5e10\r\n", "(3492890328409238509324850943850943825024385\r\n",
        "!5\r\nERR a\r\n", "=6\r\ntxt:ab\r\n", "%2\r\n+a\r\n:1\r\n+b\r\n*2\r\n:2\r\n:3\r\n", "~2\r\n:1\r\n:2\r\n", "%0\r\n",
        "|1\r\n+ttl\r\n:3600\r\n*2\r\n:1\r\n:2\r\n", ">2\r\n+message\r\n$1\r\nx\r\n",
    ];

    [Fact]
    public void They_end_where_they_end_in_one_piece_and_byte_by_byte()
    {
        byte[] all = Encoding.UTF8.GetBytes(string.Concat(Replies));
        for (int piece = 1; piece <= all.Length; piece++)
            Assert.Equal(Replies.Select(reply => reply.Length), LengthsOf(all, piece));
    }

    private static List<int> LengthsOf(byte[] all, int piece)
    {
        var scanner = new RespReplyScanner();
        var lengths = new List<int>();
        int start = 0;
        int at = 0;
        while (at < all.Length)
        {
            Assert.Equal(start == at, scanner.AtStart);
            int end = Math.Min(all.Length, ((at / piece) + 1) * piece);
            at += scanner.Scan(all.AsSpan(at, end - at), out bool complete);
            if (complete)
            {
                lengths.Add(at - start);
                start = at;
            }
        }

        return lengths;
    }
}
