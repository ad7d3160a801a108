namespace CodePool.Postgres.Internal;

/// <summary>Which of the drawn codes are stored, in the order drawn: in sorted order a customer could bracket the next code.</summary>
/// <param name="Codes">The codes; the first has the first number.</param>
/// <param name="Looked">How many were looked at to find them.</param>
internal sealed record Choice(IReadOnlyList<string> Codes, int Looked)
{
    /// <summary>How many were duplicates.</summary>
    public int Refused => Looked - Codes.Count;

    /// <summary>All of them, unseen: the unique constraint looks.</summary>
    public static Choice Unseen(IReadOnlyList<string> drawn) => new(drawn, drawn.Count);

    /// <summary>Duplicates go before numbers are given, so that there are no gaps.</summary>
    /// <param name="drawn">The codes drawn.</param>
    /// <param name="missing">How many are wanted.</param>
    /// <param name="stored">Places of codes that are in the table already.</param>
    public static Choice Of(IReadOnlyList<string> drawn, int missing, HashSet<int> stored)
    {
        var fresh = new List<string>(missing);
        var seen = new HashSet<string>(missing, StringComparer.Ordinal);
        int looked = 0;
        for (; looked < drawn.Count && fresh.Count < missing; looked++)
        {
            if (!stored.Contains(looked) && seen.Add(drawn[looked]))
                fresh.Add(drawn[looked]);
        }

        return new Choice(fresh, looked);
    }
}
