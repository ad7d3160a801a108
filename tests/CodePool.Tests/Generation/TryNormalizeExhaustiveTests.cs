namespace CodePool.Tests.Generation;

public class TryNormalizeExhaustiveTests
{
    [Theory]
    [InlineData("A##A", "AB")]
    [InlineData("0#O#", "01O")]
    [InlineData("I#-#L", "1lA")]
    [InlineData("-#-#", "-Aa")]
    [InlineData("AB##BA", "ABb")]
    [InlineData("#A#B", "abAB")]
    public void No_text_is_a_variant_of_two_codes_and_read_as_one(string pattern, string symbols)
    {
        var format = CodeFormat.FromPattern(pattern, new CodeAlphabet(symbols));
        var meant = new Dictionary<string, HashSet<string>>();
        foreach (string code in Texts(format, i => SymbolsAt(format, i)))
        {
            foreach (string variant in Texts(format, i => Forms(format, code, i)))
                (meant.TryGetValue(variant, out var codes) ? codes : meant[variant] = []).Add(code);
        }

        foreach ((string typed, HashSet<string> codes) in meant)
        {
            string? only = codes.Count == 1 ? codes.Single() : null;
            format.TryNormalize(typed, out string? read);
            Assert.True(read is null || read == only, $"\"{typed}\" was read as \"{read}\", but can be {string.Join(", ", codes)}.");
        }
    }

    private static IEnumerable<string> SymbolsAt(CodeFormat format, int place) =>
        format.Template.Places[place] is '\0' ? format.Alphabet.Symbols.Select(symbol => symbol.ToString()) : [format.Template.Places[place].ToString()];

    private static IEnumerable<string> Forms(CodeFormat format, string code, int place) =>
        format.Template.Places[place] == '\0'
            ? (code[place] + Mangling.SlipsOf(code[place], format.Alphabet)).Select(form => form.ToString())
            : [code[place].ToString(), ""];

    /// <summary>Every text with one of its forms at each place.</summary>
    private static IEnumerable<string> Texts(CodeFormat format, Func<int, IEnumerable<string>> formsAt)
    {
        IEnumerable<string> texts = [""];
        for (int i = 0; i < format.Length; i++)
            texts = Extend(texts, formsAt(i).ToArray());

        return texts;
    }

    private static IEnumerable<string> Extend(IEnumerable<string> texts, string[] forms) =>
        texts.SelectMany(text => forms.Select(form => text + form)).ToArray();
}
