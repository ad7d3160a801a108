namespace CodePool.Postgres.Internal;

/// <summary>Sorts codes by their symbols, and equal ones by their place.</summary>
internal static class CodeOrder
{
    private const int KeySymbols = 8;

    /// <summary>
    /// The places of the codes, sorted. Numbers are sorted several times as fast as strings: eight symbols, from where the codes
    /// begin to differ, make one; strings are compared only where those are equal.
    /// </summary>
    public static int[] Sort(IReadOnlyList<string> codes)
    {
        var keys = new ulong[codes.Count];
        var places = new int[codes.Count];
        int start = CommonPrefix(codes);
        for (int place = 0; place < places.Length; place++)
        {
            keys[place] = Key(codes[place], start);
            places[place] = place;
        }

        Array.Sort(keys, places);
        for (int first = 0; first < places.Length;)
        {
            int end = first + 1;
            while (end < places.Length && keys[end] == keys[first])
                end++;
            if (end - first > 1)
                places.AsSpan(first, end - first).Sort((a, b) => Compare(codes, a, b));
            first = end;
        }

        return places;
    }

    private static int Compare(IReadOnlyList<string> codes, int a, int b) =>
        string.CompareOrdinal(codes[a], codes[b]) is not 0 and var order ? order : a.CompareTo(b);

    /// <summary>Symbols as bytes: order is for speed only, so what does not fit may fall together.</summary>
    private static ulong Key(string code, int start)
    {
        ulong key = 0;
        for (int i = start; i < start + KeySymbols; i++)
            key = (key << 8) | (i < code.Length ? Math.Min(code[i], (char)byte.MaxValue) : 0U);
        return key;
    }

    /// <summary>A pattern's literal head, found from a sample.</summary>
    private static int CommonPrefix(IReadOnlyList<string> codes)
    {
        const int Sample = 16;
        int common = codes.Count == 0 ? 0 : codes[0].Length;
        for (int i = 1; i < Math.Min(Sample, codes.Count); i++)
            common = Math.Min(common, codes[i].AsSpan().CommonPrefixLength(codes[0]));
        return common;
    }
}
