using System.Text;

namespace CodePool.Internal.Generation;

/// <summary>A pattern taken apart: one place for each character of a code.</summary>
internal sealed class PatternTemplate
{
    /// <summary>Marks the place of a random symbol; no literal can be it.</summary>
    internal const char Random = '\0';

    private const int MaxLength = 64;
    private const char Escape = '\\';
    private const char RandomMark = '#';

    private PatternTemplate(string pattern, string places)
    {
        Pattern = pattern;
        Places = places;
        RandomLength = places.AsSpan().Count(Random);
    }

    /// <summary>The pattern as written. It is canonical: no character can be written in two ways.</summary>
    internal string Pattern { get; }

    /// <summary>The literal of each place, or <see cref="Random"/>.</summary>
    internal string Places { get; }

    internal int RandomLength { get; }

    /// <summary>The literals that are neither letters nor digits.</summary>
    internal string Punctuation => string.Concat(Places.Where(place => place != Random && !char.IsAsciiLetterOrDigit(place)));

    internal static PatternTemplate OfRandomSymbols(int length)
    {
        if (length is < 1 or > MaxLength)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"A code has 1 to {MaxLength} symbols.");

        return new PatternTemplate(new string(RandomMark, length), new string(Random, length));
    }

    internal static PatternTemplate Parse(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var places = new StringBuilder(pattern.Length);
        for (int i = 0; i < pattern.Length; i++)
            places.Append(pattern[i] switch
            {
                RandomMark => Random,
                Escape => Unescape(pattern, ++i),
                char literal => Literal(pattern, literal),
            });

        return Check(new PatternTemplate(pattern, places.ToString()));
    }

    /// <summary>Renders codes back to back over a buffer whose end holds their random symbols.</summary>
    internal void Spread(Span<char> codes, ReadOnlySpan<char> symbolsAtEnd)
    {
        // In place is safe: a character is written no further right than the symbol read next, because
        // before the end of the codes no more literals can have been written than the buffer has in all.
        int next = 0;
        for (int start = 0; start < codes.Length; start += Places.Length)
        {
            Span<char> code = codes.Slice(start, Places.Length);
            for (int i = 0; i < code.Length; i++)
                code[i] = Places[i] == Random ? symbolsAtEnd[next++] : Places[i];
        }
    }

    private static char Unescape(string pattern, int index) =>
        index < pattern.Length && pattern[index] is RandomMark or Escape
            ? pattern[index]
            : throw Invalid(pattern, @"A backslash in a pattern must be followed by # or by a backslash: write \\ for a literal backslash.");

    private static char Literal(string pattern, char literal) =>
        literal is >= ' ' and <= '~'
            ? literal
            : throw Invalid(pattern, $"A pattern holds printable ASCII characters only, but there is U+{(int)literal:X4} in it. Remove that character.");

    private static PatternTemplate Check(PatternTemplate template)
    {
        if (template.RandomLength == 0)
            throw Invalid(template.Pattern, @"A pattern needs at least one random symbol: write # where it belongs (\# is a literal #).");
        if (template.Places.Length > MaxLength)
            throw Invalid(template.Pattern, $"A code has at most {MaxLength} characters, but this pattern renders {template.Places.Length}. Shorten it.");

        // Forms, spreadsheets and people cut such a space off, and the code would no longer be the one that was stored.
        if (template.Places[0] == ' ' || template.Places[^1] == ' ')
            throw Invalid(template.Pattern, "A pattern must not begin or end with a space. Remove it.");

        return template;
    }

    private static ArgumentException Invalid(string pattern, string problem) =>
        new($"{problem} The pattern: \"{pattern}\".", nameof(pattern));
}
