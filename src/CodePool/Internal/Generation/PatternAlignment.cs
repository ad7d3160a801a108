using System.Numerics;

namespace CodePool.Internal.Generation;

/// <summary>
/// Lays a typed text over a pattern whose literals may each be missing. Which typed characters are the random symbols may
/// then be open ("ABA" over "A##A" is BA or AB): an alignment is unique only if every way to lay the text gives the same symbols.
/// </summary>
/// <param name="Ways">How many different random parts there are.</param>
/// <param name="Places">Bit i: typed character i is a random symbol, in one of the ways.</param>
internal readonly record struct PatternAlignment(AlignmentCount Ways, ulong Places)
{
    internal bool IsUnique => Ways == AlignmentCount.One;

    /// <param name="places">The pattern, place by place; 64 at most.</param>
    /// <param name="typed">What was typed, not longer than the pattern.</param>
    /// <param name="meanings">For each typed character the symbol that it means.</param>
    internal static PatternAlignment Find(ReadOnlySpan<char> places, ReadOnlySpan<char> typed, ReadOnlySpan<char> meanings)
    {
        // From the pattern's end to its start; ways[i] is how typed[i..] can be laid over the places seen so far.
        Span<PatternAlignment> ways = stackalloc PatternAlignment[typed.Length + 1];
        ways.Clear();
        ways[^1] = new PatternAlignment(AlignmentCount.One, 0);
        for (int place = places.Length - 1; place >= 0; place--)
        {
            for (int i = 0; i < ways.Length; i++)   // ascending: ways[i + 1] is still that of the place before
            {
                PatternAlignment next = i < typed.Length ? ways[i + 1] : default;
                ways[i] = places[place] == PatternTemplate.Random
                    ? next.WithRandom(i, meanings)
                    : ways[i].Or(next.WithLiteral(i, typed, places[place]), meanings);
            }
        }

        return ways[0];
    }

    /// <summary>The random symbols, in order.</summary>
    internal string RandomSymbols(ReadOnlySpan<char> meanings)
    {
        Span<char> symbols = stackalloc char[64];
        int count = 0;
        for (ulong left = Places; left != 0; left &= left - 1)
            symbols[count++] = meanings[BitOperations.TrailingZeroCount(left)];

        return new string(symbols[..count]);
    }

    private PatternAlignment WithRandom(int index, ReadOnlySpan<char> meanings) =>
        Ways != AlignmentCount.None && meanings[index] != SymbolFolding.None ? this with { Places = Places | (1UL << index) } : default;

    private PatternAlignment WithLiteral(int index, ReadOnlySpan<char> typed, char literal) =>
        Ways != AlignmentCount.None && SymbolFolding.LookAlike(typed[index], literal) ? this : default;

    private PatternAlignment Or(PatternAlignment other, ReadOnlySpan<char> meanings)
    {
        if (Ways == AlignmentCount.None)
            return other;
        if (other.Ways == AlignmentCount.None || HasSameSymbols(other, meanings))
            return this;

        return new PatternAlignment(AlignmentCount.Many, Places);
    }

    private bool HasSameSymbols(PatternAlignment other, ReadOnlySpan<char> meanings)
    {
        if (Ways == AlignmentCount.Many || other.Ways == AlignmentCount.Many)
            return false;

        ulong left = Places, right = other.Places;
        for (; left != 0 && right != 0; left &= left - 1, right &= right - 1)
        {
            if (meanings[BitOperations.TrailingZeroCount(left)] != meanings[BitOperations.TrailingZeroCount(right)])
                return false;
        }

        return true;   // both cover the same random places, so both have run out
    }
}
