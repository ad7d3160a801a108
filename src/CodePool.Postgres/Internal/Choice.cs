namespace CodePool.Postgres.Internal;

/// <summary>
/// Which of the drawn codes are stored. One sort serves two ends: equal codes lie side by side, and neighbours in the
/// index go in together, which makes a load half as fast again.
/// </summary>
internal sealed class Choice
{
    private const long Refused = -1;

    private readonly IReadOnlyList<string> _drawn;
    private readonly int[] _sorted;
    private readonly long[] _numbers;

    private Choice(IReadOnlyList<string> drawn, int[] sorted, long[] numbers)
    {
        _drawn = drawn;
        _sorted = sorted;
        _numbers = numbers;
    }

    /// <summary>How many codes are stored.</summary>
    public int Count { get; private set; }

    /// <summary>How many were looked at to find them.</summary>
    public int Looked { get; private set; }

    /// <summary>The codes with their offset from the first number, sorted by code.</summary>
    public IEnumerable<(long Offset, string Code)> Rows
    {
        get
        {
            foreach (int place in _sorted)
            {
                if (_numbers[place] != Refused)
                    yield return (_numbers[place], _drawn[place]);
            }
        }
    }

    /// <summary>Duplicates go before numbers are given, so that there are no gaps.</summary>
    /// <param name="drawn">The codes drawn.</param>
    /// <param name="missing">How many are wanted.</param>
    /// <param name="stored">Places of codes that are in the table already; null when nobody has looked.</param>
    public static Choice Of(IReadOnlyList<string> drawn, int missing, HashSet<int>? stored)
    {
        int[] sorted = CodeOrder.Sort(drawn);
        var numbers = new long[drawn.Count];
        for (int i = 1; i < sorted.Length; i++)
        {
            // Of equal codes the first drawn is kept: it comes first.
            if (string.Equals(drawn[sorted[i]], drawn[sorted[i - 1]], StringComparison.Ordinal))
                numbers[sorted[i]] = Refused;
        }

        var choice = new Choice(drawn, sorted, numbers);
        choice.Number(missing, stored);
        return choice;
    }

    /// <summary>In the order drawn: in sorted order a customer could bracket the next code.</summary>
    private void Number(int missing, HashSet<int>? stored)
    {
        for (; Looked < _numbers.Length && Count < missing; Looked++)
        {
            bool isNew = _numbers[Looked] != Refused && stored?.Contains(Looked) != true;
            _numbers[Looked] = isNew ? Count++ : Refused;
        }

        // What was drawn to spare.
        _numbers.AsSpan(Looked).Fill(Refused);
    }
}
