namespace CodePool.Tests.Generation;

public class TryNormalizeTests
{
    private const string Letters36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    [Theory]
    [InlineData("SPRING-AB12-CD34", "SPRING-AB12-CD34")]
    [InlineData("  spring-ab12-cd34\t\r\n", "SPRING-AB12-CD34")]
    [InlineData("SPRINGAB12CD34", "SPRING-AB12-CD34")]
    [InlineData("AB12CD34", "SPRING-AB12-CD34")]
    [InlineData("ab12 cd34", "SPRING-AB12-CD34")]
    [InlineData("spring ab 12 - cd 34", "SPRING-AB12-CD34")]
    [InlineData("SPR1NG-ABI2-CD34", "SPRING-AB12-CD34")]
    [InlineData("SPRING–AB12—CD34", "SPRING-AB12-CD34")]
    [InlineData("SPRlNG-ABl2-CDE0", "SPRING-AB12-CDE0")]
    [InlineData("ABL2CDEo", "SPRING-AB12-CDE0")]
    public void Reads_what_a_person_types(string typed, string code)
    {
        Assert.True(CodeFormat.FromPattern("SPRING-####-####").TryNormalize(typed, out string? read));
        Assert.Equal(code, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("SPRING-AB12-CD3")]
    [InlineData("SPRING-AB12-CD345")]
    [InlineData("AB12-CD3")]
    [InlineData("AB12-CD345")]
    [InlineData("RING-AB12-CD34")]
    [InlineData("SUMMER-AB12-CD34")]
    [InlineData("SPRING-AB12-CDU4")]
    [InlineData("SPRING-AB12-CD3é")]
    [InlineData("SPRING-AB12-CD3\0")]
    [InlineData("SPRING/AB12/CD34")]
    public void Refuses_what_is_no_code(string? typed)
    {
        Assert.False(CodeFormat.FromPattern("SPRING-####-####").TryNormalize(typed, out string? read));
        Assert.Null(read);
    }

    [Fact]
    public void Refuses_a_long_text() =>
        Assert.False(new CodeFormat(CodeAlphabet.Digits, 4).TryNormalize(new string('7', 1_000_000), out _));

    [Theory]
    [InlineData("ABCDEF", "abc", "ABC")]                   // one case: case says nothing
    [InlineData("abcdef", "ABC", "abc")]
    [InlineData("ABCabd", "Dac", "daC")]                   // a in both cases: as typed; c and d in one: folded
    [InlineData(Letters36, "oil", "OIL")]
    [InlineData(Letters36, "0I1", "0I1")]                  // nothing to forgive: both are symbols
    [InlineData("1234567890L", "I00", null)]               // 1 or L?
    [InlineData("1234567890", "Ilo", "110")]
    public void Case_and_lookalikes_depend_on_the_alphabet(string symbols, string typed, string? expected)
    {
        new CodeFormat(new CodeAlphabet(symbols), 3).TryNormalize(typed, out string? code);
        Assert.Equal(expected, code);
    }

    [Theory]
    [InlineData("1Ii", null)]
    [InlineData("11l", null)]
    [InlineData("1O1", "1o1")]
    public void Base58_folds_only_what_nothing_else_looks_like(string typed, string? expected)
    {
        new CodeFormat(CodeAlphabet.Base58, 3).TryNormalize(typed, out string? code);
        Assert.Equal(expected, code);
    }

    [Fact]
    public void Letters_of_the_pattern_are_all_there_or_all_left_out()
    {
        var format = CodeFormat.FromPattern("A##A", new CodeAlphabet("AB"));
        Assert.False(format.TryNormalize("ABA", out _));   // the first A left out, or the last: AABA or ABAA
        Assert.True(format.TryNormalize("AB", out string? code));
        Assert.Equal("AABA", code);
    }

    [Theory]
    [InlineData("x1.2/34", "X.12/34")]
    [InlineData("1234", "X.12/34")]
    [InlineData("X1234", "X.12/34")]
    [InlineData("X-12-34", "X.12/34")]
    [InlineData("X_12_34", null)]
    public void Punctuation_of_the_pattern_may_be_anywhere_or_nowhere(string typed, string? expected)
    {
        CodeFormat.FromPattern("X.##/##", CodeAlphabet.Digits).TryNormalize(typed, out string? code);
        Assert.Equal(expected, code);
    }

    [Fact]
    public void Punctuation_that_is_a_symbol_is_never_dropped()
    {
        var format = CodeFormat.FromPattern("##.##", new CodeAlphabet("AB."));
        Assert.False(format.TryNormalize("A.B.A.B", out _));
        Assert.True(format.TryNormalize("AB.A", out string? code));   // four symbols, the literal left out
        Assert.Equal("AB..A", code);
    }

    [Fact]
    public void A_dash_that_is_a_symbol_is_never_dropped()
    {
        var format = new CodeFormat(new CodeAlphabet("AB-"), 3);
        Assert.False(format.TryNormalize("A-BA", out _));
        Assert.False(format.TryNormalize("A\u2013BA", out _));
        Assert.True(format.TryNormalize(" a - b ", out string? code));
        Assert.Equal("A-B", code);
    }
}
