using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using CodePool.Providers;
using StackExchange.Redis;

namespace CodePool.Redis.Internal;

/// <summary>
/// How codes lie in a list: <c>count lease number codes</c>, so many codes of one lease that are equally long, one behind the other; the
/// number is that of the first. The codes come last, so they may hold spaces; no code holds a line break.
/// </summary>
internal static class Entry
{
    /// <summary>
    /// Codes in an entry that is pushed. Each costs Redis a string in Lua and some ten bytes, however many codes it holds; who takes fewer
    /// pays for taking it apart (decision 0014).
    /// </summary>
    public const int RunLength = 16;

    private const int LongestCode = 64;

    /// <summary>As many as surely fit into 64 bits.</summary>
    private const int MostDigits = 18;

    /// <summary>A lease in its runs.</summary>
    public static IEnumerable<RedisValue> Write(Lease lease)
    {
        for (int first = 0, count; first < lease.Codes.Count; first += count)
        {
            count = 1;
            while (count < RunLength && first + count < lease.Codes.Count && lease.Codes[first + count].Length == lease.Codes[first].Length)
                count++;
            yield return Write(lease, first, count);
        }
    }

    private static byte[] Write(Lease lease, int first, int count)
    {
        int width = lease.Codes[first].Length;
        Span<byte> head = stackalloc byte[64];
        Utf8.TryWrite(head, CultureInfo.InvariantCulture, $"{count} {lease.Number} {lease.First + first} ", out int written);
        byte[] run = new byte[written + (count * width)];
        head[..written].CopyTo(run);
        for (int i = 0; i < count; i++)
        {
            if (Ascii.FromUtf16(lease.Codes[first + i], run.AsSpan(written + (i * width), width), out _) != OperationStatus.Done)
                throw new InvalidOperationException($"Code {lease.First + first + i} is not of ASCII, as every format is.");
        }

        return run;
    }

    /// <summary>
    /// Reads entries joined by line breaks, at most as many codes as the script has counted. What is no entry, or is beyond that, was written
    /// by somebody else, and is left out.
    /// </summary>
    public static List<LeasedCode> ReadAll(ReadOnlySpan<byte> entries, int most)
    {
        var codes = new List<LeasedCode>(most);
        while (!entries.IsEmpty)
        {
            int end = entries.IndexOf((byte)'\n');
            Read(end < 0 ? entries : entries[..end], most, codes);
            entries = end < 0 ? default : entries[(end + 1)..];
        }

        return codes;
    }

    private static void Read(ReadOnlySpan<byte> entry, int most, List<LeasedCode> codes)
    {
        if (!TryReadNumber(ref entry, out long count) || !TryReadNumber(ref entry, out long lease) || !TryReadNumber(ref entry, out long number))
            return;

        // No format has others; a store need not take what a database may refuse, such as a zero byte.
        long width = Math.DivRem(entry.Length, count, out long rest);
        if (count > most - codes.Count || rest != 0 || width is 0 or > LongestCode || entry.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return;
        for (; !entry.IsEmpty; entry = entry[(int)width..])
            codes.Add(new LeasedCode(lease, number++, Encoding.ASCII.GetString(entry[..(int)width])));
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
