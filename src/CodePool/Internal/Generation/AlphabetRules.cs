namespace CodePool.Internal.Generation;

/// <summary>What a set of symbols must satisfy, and the words for what it does not.</summary>
internal static class AlphabetRules
{
    internal const string NotAName = "This is not the name of an alphabet (Crockford, Digits, Hex, Base58, Unambiguous), so it was read as symbols. ";

    /// <summary>Says what is wrong with the symbols and how to mend it; null when they are fine.</summary>
    internal static string? FindProblem(string symbols)
    {
        foreach (char symbol in symbols)
        {
            if (symbol is < '!' or > '~')
                return $"An alphabet holds printable ASCII symbols only ('!' to '~'), but there is U+{(int)symbol:X4} in it. Remove that character.";
        }

        for (int i = 1; i < symbols.Length; i++)
        {
            if (symbols.AsSpan(0, i).Contains(symbols[i]))
                return $"Every symbol of an alphabet must be distinct, but '{symbols[i]}' occurs more than once in \"{symbols}\". Keep one of them.";
        }

        // No upper limit to check: there are only 94 distinct symbols from '!' to '~'.
        return symbols.Length < 2
            ? $"An alphabet needs 2 to 94 symbols, but this one has {symbols.Length}. Add symbols, or use a named alphabet such as CodeAlphabet.Crockford."
            : null;
    }
}
