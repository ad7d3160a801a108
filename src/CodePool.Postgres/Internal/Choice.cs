namespace CodePool.Postgres.Internal;

/// <summary>Which of the drawn codes are stored, in the order drawn, and how many were looked at to find them.</summary>
internal sealed record Choice(IReadOnlyList<string> Codes, int Looked)
{
    /// <summary>Duplicates go before numbers are given, so that there are no gaps.</summary>
    /// <param name="drawn">The codes drawn.</param>
    /// <param name="missing">How many are wanted.</param>
    /// <param name="stored">Places of codes that are in the table already; null when nobody has looked.</param>
    public static Choice Of(IReadOnlyList<string> drawn, int missing, HashSet<int>? stored)
    {
        var codes = new List<string>(Math.Min(missing, drawn.Count));
        var seen = new HashSet<string>(drawn.Count, StringComparer.Ordinal);
        int looked = 0;
        for (; looked < drawn.Count && codes.Count < missing; looked++)
        {
            if (seen.Add(drawn[looked]) && stored?.Contains(looked) != true)
                codes.Add(drawn[looked]);
        }

        return new Choice(codes, looked);
    }

    /// <summary>The list may be a caller's secret: a record would print it.</summary>
    public override string ToString() => $"{Codes.Count} of {Looked} codes";
}
