namespace CodePool.Internal.Generation;

/// <summary>Reads what a person typed as the one code of a format that can be meant.</summary>
internal sealed class TypedCodeReader
{
    private readonly SymbolFolding _folding;
    private readonly string _places;
    private readonly string _solidPlaces;
    private readonly bool _dashSeparates;

    internal TypedCodeReader(CodeAlphabet alphabet, PatternTemplate template)
    {
        _folding = new SymbolFolding(alphabet);
        _places = template.Places;
        _dashSeparates = !alphabet.Contains('-');   // a dash that is a symbol carries information and must not be dropped
        _solidPlaces = string.Concat(_places.Where(place => !IsSeparator(place)));
    }

    /// <summary>The code that is meant; null when there is none or more than one.</summary>
    internal string? Read(ReadOnlySpan<char> typed)
    {
        Span<char> buffer = stackalloc char[_solidPlaces.Length];
        if (!TryDropSeparators(typed, buffer, out int length))
            return null;

        ReadOnlySpan<char> solid = buffer[..length];
        Span<char> meanings = stackalloc char[length];
        for (int i = 0; i < length; i++)
            meanings[i] = _folding.MeaningOf(solid[i]);

        var alignment = PatternAlignment.Find(_solidPlaces, solid, meanings);
        return alignment.IsUnique ? Render(alignment.RandomSymbols(meanings)) : null;
    }

    private bool TryDropSeparators(ReadOnlySpan<char> typed, Span<char> solid, out int length)
    {
        length = 0;
        foreach (char character in typed)
        {
            if (IsSeparator(character))
                continue;
            if (length == solid.Length)
                return false;   // more than the whole pattern: no code, however long the rest is

            solid[length++] = character;
        }

        return true;
    }

    /// <summary>White space, and every dash that a keyboard or a word processor puts in a hyphen's place.</summary>
    private bool IsSeparator(char character) =>
        char.IsWhiteSpace(character)
        || (_dashSeparates && character is '-' or (>= '\u2010' and <= '\u2015') or '\u2212');

    private string Render(string randomSymbols) => string.Create(_places.Length, (_places, randomSymbols), static (code, state) =>
    {
        (string places, string symbols) = state;
        int next = 0;
        for (int i = 0; i < code.Length; i++)
            code[i] = places[i] == PatternTemplate.Random ? symbols[next++] : places[i];
    });
}
