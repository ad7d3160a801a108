namespace CodePool.Tests.Generation;

public class CodeAlphabetTests
{
    [Theory]
    [InlineData("", "needs 2 to 94 symbols")]
    [InlineData("A", "needs 2 to 94 symbols")]
    [InlineData("ABCA", "'A' occurs more than once")]
    [InlineData("AB C", "U+0020")]
    [InlineData("AB\tC", "U+0009")]
    [InlineData("AB\u007F", "U+007F")]
    [InlineData("ABÉ", "U+00C9")]
    [InlineData("AB\0", "U+0000")]
    public void Bad_symbols_are_refused_with_the_reason(string symbols, string reason)
    {
        var refused = Assert.Throws<ArgumentException>(() => new CodeAlphabet(symbols));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal("symbols", refused.ParamName);
    }

    [Fact]
    public void Null_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => new CodeAlphabet(null!));
        Assert.Throws<ArgumentNullException>(() => CodeAlphabet.Parse(null!));
    }

    [Fact]
    public void Every_size_from_2_to_94_is_allowed()
    {
        for (int size = 2; size <= 94; size++)
            Assert.Equal(size, new CodeAlphabet(Samples.PrintableAscii[..size]).Size);
    }

    [Fact]
    public void Named_alphabets_leave_out_what_they_promise()
    {
        Assert.Equal(32, CodeAlphabet.Crockford.Size);
        Assert.Empty("ILOU".Intersect(CodeAlphabet.Crockford.Symbols));
        Assert.Equal(58, CodeAlphabet.Base58.Size);
        Assert.Empty("0OIl".Intersect(CodeAlphabet.Base58.Symbols));
        Assert.Equal(16, CodeAlphabet.Hex.Size);
        Assert.Equal(10, CodeAlphabet.Digits.Size);
        Assert.Equal(22, CodeAlphabet.Unambiguous.Size);
        Assert.Empty("AEIOUY01LQZSGB".Intersect(CodeAlphabet.Unambiguous.Symbols));
    }

    [Fact]
    public void Contains_every_symbol_and_nothing_else()
    {
        for (char symbol = '\0'; symbol < 300; symbol++)
            Assert.Equal(CodeAlphabet.Hex.Symbols.Contains(symbol), CodeAlphabet.Hex.Contains(symbol));
    }

    [Theory]
    [InlineData("Crockford"), InlineData("crockford"), InlineData("CROCKFORD")]
    public void Parse_knows_names_in_any_case(string name) => Assert.Same(CodeAlphabet.Crockford, CodeAlphabet.Parse(name));

    [Fact]
    public void Parse_knows_all_names()
    {
        Assert.Same(CodeAlphabet.Digits, CodeAlphabet.Parse("Digits"));
        Assert.Same(CodeAlphabet.Hex, CodeAlphabet.Parse("Hex"));
        Assert.Same(CodeAlphabet.Base58, CodeAlphabet.Parse("Base58"));
        Assert.Same(CodeAlphabet.Unambiguous, CodeAlphabet.Parse("Unambiguous"));
    }

    [Fact]
    public void Parse_takes_anything_else_for_symbols() => Assert.Equal("XYZ", CodeAlphabet.Parse("XYZ").Symbols);

    [Fact]
    public void Parse_names_the_names_when_a_misspelt_one_is_no_alphabet()
    {
        var refused = Assert.Throws<ArgumentException>(() => CodeAlphabet.Parse("Crokford"));
        Assert.Contains("Crockford, Digits, Hex, Base58, Unambiguous", refused.Message, StringComparison.Ordinal);
        Assert.Equal("nameOrSymbols", refused.ParamName);
    }

    [Fact]
    public void Equality_is_by_symbols_and_order()
    {
        Assert.Equal(new CodeAlphabet("ABC"), new CodeAlphabet("ABC"));
        Assert.Equal(new CodeAlphabet("ABC").GetHashCode(), new CodeAlphabet("ABC").GetHashCode());
        Assert.NotEqual(new CodeAlphabet("ABC"), new CodeAlphabet("ACB"));
        Assert.NotEqual(new CodeAlphabet("ABC"), new CodeAlphabet("abc"));
        Assert.False(new CodeAlphabet("ABC").Equals((object)"ABC"));
        Assert.Equal("ABC", new CodeAlphabet("ABC").ToString());
    }
}
