namespace CodePool.Internal.Generation;

/// <summary>Reads what a person typed as the one code of a format that can be meant.</summary>
/// <remarks>
/// Separators are dropped, from the pattern as from the text: they carry no information. What is left must have all the other literals or
/// none of them, so that its length alone says which characters are the random symbols. Were some allowed to be missing, a code typed
/// with one symbol too few would be read as another: SPRING-AB12-CD3 as SPRING-GAB1-2CD3.
/// </remarks>
internal sealed class TypedCodeReader
{
    // Whatever a keyboard or a word processor puts in a hyphen's place.
    private const string Dashes = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212";

    private readonly SymbolFolding _folding;
    private readonly PatternTemplate _template;
    private readonly string _separators;
    private readonly string _solidPlaces;

    internal TypedCodeReader(CodeAlphabet alphabet, PatternTemplate template)
    {
        _folding = new SymbolFolding(alphabet);
        _template = template;

        // Never a symbol, nor a long dash where the hyphen is one, nor a letter or digit: those may be typed for a symbol.
        string droppable = (alphabet.Contains('-') ? "" : Dashes) + template.Punctuation;
        _separators = string.Concat(droppable.Where(character => !alphabet.Contains(character)));
        _solidPlaces = string.Concat(template.Places.Where(place => !IsSeparator(place)));
    }

    /// <summary>The code that is meant; null when there is none, or no telling which.</summary>
    internal string? Read(ReadOnlySpan<char> typed)
    {
        Span<char> solid = stackalloc char[_solidPlaces.Length];
        if (!TryDropSeparators(typed, solid, out int length))
            return null;
        if (length == _solidPlaces.Length && !TryDropLiterals(solid, ref length))
            return null;

        Span<char> symbols = solid[..length];
        return length == _template.RandomLength && TryFold(symbols) ? Render(symbols) : null;
    }

    private bool TryDropSeparators(ReadOnlySpan<char> typed, Span<char> solid, out int length)
    {
        length = 0;
        foreach (char character in typed)
        {
            if (IsSeparator(character))
                continue;
            if (length == solid.Length)
                return false;   // longer than the pattern: no code, whatever the rest is

            solid[length++] = character;
        }

        return true;
    }

    private bool TryDropLiterals(Span<char> solid, ref int length)
    {
        length = 0;
        for (int i = 0; i < solid.Length; i++)
        {
            if (_solidPlaces[i] == PatternTemplate.Random)
                solid[length++] = solid[i];
            else if (!SymbolFolding.LookAlike(solid[i], _solidPlaces[i]))
                return false;
        }

        return true;
    }

    private bool TryFold(Span<char> symbols)
    {
        foreach (ref char symbol in symbols)
        {
            symbol = _folding.MeaningOf(symbol);
            if (symbol == SymbolFolding.None)
                return false;
        }

        return true;
    }

    private bool IsSeparator(char character) => char.IsWhiteSpace(character) || _separators.Contains(character);

    private string Render(ReadOnlySpan<char> symbols)
    {
        Span<char> code = stackalloc char[_template.Places.Length];
        Span<char> end = code[^symbols.Length..];
        symbols.CopyTo(end);
        _template.Spread(code, end);
        return new string(code);
    }
}
