namespace CodePool.Internal.Generation;

/// <summary>Which symbol of an alphabet is meant by a typed character that may have the wrong case or only look like it.</summary>
/// <remarks>A character has one meaning at most, so what is typed for one symbol never reads as another.</remarks>
internal sealed class SymbolFolding
{
    /// <summary>The meaning of a character that cannot be typed for any symbol, or for more than one.</summary>
    internal const char None = '\0';

    private readonly char[] _meanings = new char[128];

    internal SymbolFolding(CodeAlphabet alphabet)
    {
        for (char typed = '!'; typed <= '~'; typed++)
            _meanings[typed] = FindMeaning(typed, alphabet);
    }

    /// <summary>The symbol that is meant, or <see cref="None"/>.</summary>
    internal char MeaningOf(char typed) => typed < _meanings.Length ? _meanings[typed] : None;

    /// <summary>Whether two characters differ in case at most, or look alike by Crockford's rule (O 0, I L 1).</summary>
    internal static bool LookAlike(char one, char other) => Look(one) == Look(other);

    private static char FindMeaning(char typed, CodeAlphabet alphabet)
    {
        if (alphabet.Contains(typed))
            return typed;

        // In an alphabet of one case, case says nothing: o is O, even beside a 0.
        char otherCase = OtherCase(typed);
        if (alphabet.Contains(otherCase) && !HasLetterInCaseOf(typed, alphabet))
            return otherCase;

        // Otherwise only where no second symbol looks like it: with 1, i and L in the alphabet (Base58), I could be any of them.
        string alike = string.Concat(alphabet.Symbols.Where(symbol => LookAlike(symbol, typed)));
        return alike is [char only] && (only == otherCase || char.IsAsciiDigit(only)) ? only : None;
    }

    private static bool HasLetterInCaseOf(char letter, CodeAlphabet alphabet) =>
        alphabet.Symbols.Any(char.IsAsciiLetterUpper(letter) ? char.IsAsciiLetterUpper : char.IsAsciiLetterLower);

    private static char OtherCase(char typed) => char.IsAsciiLetter(typed) ? (char)(typed ^ 0x20) : typed;

    private static char Look(char character) => character switch
    {
        'O' or 'o' => '0',
        'I' or 'i' or 'L' or 'l' => '1',
        >= 'a' and <= 'z' => OtherCase(character),
        _ => character,
    };
}
