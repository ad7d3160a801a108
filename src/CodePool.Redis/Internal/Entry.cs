using System.Text;
using CodePool.Providers;
using StackExchange.Redis;

namespace CodePool.Redis.Internal;

/// <summary>How a code lies in a list: <c>lease number code</c>. The code comes last, so it may hold spaces; no code holds a line break.</summary>
internal static class Entry
{
    private const int LongestCode = 64;

    /// <summary>As many as surely fit into 64 bits.</summary>
    private const int MostDigits = 18;

    public static RedisValue Write(long lease, long number, string code) => string.Create(null, stackalloc char[128], $"{lease} {number} {code}");

    /// <summary>Reads entries joined by line breaks. What is no entry was written by somebody else, and is left out.</summary>
    public static List<LeasedCode> ReadAll(ReadOnlySpan<byte> entries, int expected)
    {
        var codes = new List<LeasedCode>(expected);
        while (!entries.IsEmpty)
        {
            int end = entries.IndexOf((byte)'\n');
            ReadOnlySpan<byte> entry = end < 0 ? entries : entries[..end];
            entries = end < 0 ? default : entries[(end + 1)..];
            if (TryRead(entry, out LeasedCode code))
                codes.Add(code);
        }

        return codes;
    }

    private static bool TryRead(ReadOnlySpan<byte> entry, out LeasedCode code)
    {
        code = default;
        if (!TryReadNumber(ref entry, out long lease) || !TryReadNumber(ref entry, out long number))
            return false;

        // No format has others; a store need not take what a database may refuse, such as a zero byte.
        if (entry.Length is 0 or > LongestCode || entry.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return false;
        code = new LeasedCode(lease, number, Encoding.ASCII.GetString(entry));
        return true;
    }

    private static bool TryReadNumber(ref ReadOnlySpan<byte> entry, out long number)
    {
        // Digits by hand: the parser of the framework takes twice as long, and signs as well.
        number = 0;
        for (int i = 0; i < entry.Length && i <= MostDigits; i++)
        {
            int digit = entry[i] - '0';
            if (entry[i] == ' ')
            {
                entry = entry[(i + 1)..];
                return number > 0;
            }

            if ((uint)digit > 9)
                return false;
            number = (number * 10) + digit;
        }

        return false;
    }
}
