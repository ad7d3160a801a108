using System.Numerics;

namespace CodePool.Tests.Generation;

public class CodeFormatTests
{
    [Theory]
    [InlineData("", "at least one random symbol")]
    [InlineData("SPRING", "at least one random symbol")]
    [InlineData(@"\#\#", "at least one random symbol")]
    [InlineData(@"##\", "must be followed by")]
    [InlineData(@"##\A", "must be followed by")]
    [InlineData("##é##", "U+00E9")]
    [InlineData("##\n##", "U+000A")]
    [InlineData("##\0##", "U+0000")]
    [InlineData(" ####", "begin or end with a space")]
    [InlineData("#### ", "begin or end with a space")]
    [InlineData("#################################################################", "at most 64")]
    public void Bad_patterns_are_refused_with_the_reason(string pattern, string reason)
    {
        var refused = Assert.Throws<ArgumentException>(() => CodeFormat.FromPattern(pattern));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal("pattern", refused.ParamName);
    }

    [Theory]
    [InlineData(int.MinValue), InlineData(-1), InlineData(0), InlineData(65), InlineData(int.MaxValue)]
    public void Bad_lengths_are_refused(int length)
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => new CodeFormat(CodeAlphabet.Digits, length));
        Assert.Equal("length", refused.ParamName);
    }

    [Fact]
    public void Null_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => new CodeFormat(null!, 12));
        Assert.Throws<ArgumentNullException>(() => CodeFormat.FromPattern(null!));
    }

    [Fact]
    public void A_length_is_a_pattern_of_random_symbols()
    {
        var format = new CodeFormat(CodeAlphabet.Crockford, 12);
        Assert.Equal("############", format.Pattern);
        Assert.Equal(12, format.Length);
        Assert.Equal(12, format.RandomLength);
        Assert.Equal(CodeFormat.FromPattern("############"), format);
    }

    [Fact]
    public void A_pattern_has_literals_and_escapes()
    {
        var format = CodeFormat.FromPattern(@"A-\#\\##", CodeAlphabet.Digits);
        Assert.Equal(6, format.Length);
        Assert.Equal(2, format.RandomLength);
        Assert.Equal(@"A-\#\\##", format.Pattern);
        Assert.True(format.IsMatch(@"A-#\42"));
    }

    [Fact]
    public void The_longest_code_has_64_characters()
    {
        Assert.Equal(64, new CodeFormat(CodeAlphabet.Digits, 64).Length);
        Assert.Equal(64, CodeFormat.FromPattern(string.Concat(Enumerable.Repeat(@"\#", 63)) + "#").Length);
    }

    [Fact]
    public void Keyspace_and_entropy_count_the_random_symbols()
    {
        var format = CodeFormat.FromPattern("SPRING-####-####");
        Assert.Equal(BigInteger.Pow(32, 8), format.Keyspace);
        Assert.Equal(40, format.EntropyBits, 12);
        Assert.Equal(60, new CodeFormat(CodeAlphabet.Crockford, 12).EntropyBits, 12);
        Assert.Equal(64 * Math.Log2(94), new CodeFormat(new CodeAlphabet(Samples.PrintableAscii), 64).EntropyBits, 9);
    }

    [Fact]
    public void Guess_probability_is_the_share_of_the_keyspace_that_is_out()
    {
        var format = new CodeFormat(CodeAlphabet.Digits, 6);
        Assert.Equal(0, format.GuessProbability(0));
        Assert.Equal(0.001, format.GuessProbability(1_000), 15);
        Assert.Equal(1, format.GuessProbability(long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => format.GuessProbability(-1));
        Assert.Equal(Math.Pow(94, -64), new CodeFormat(new CodeAlphabet(Samples.PrintableAscii), 64).GuessProbability(1), 1e-138);
    }

    [Theory]
    [InlineData("AB-12", true)]
    [InlineData("AB-1", false)]
    [InlineData("AB-123", false)]
    [InlineData("ab-12", false)]
    [InlineData("AB_12", false)]
    [InlineData("AB-1X", false)]
    [InlineData("", false)]
    public void IsMatch_is_exact(string code, bool matches) =>
        Assert.Equal(matches, CodeFormat.FromPattern("AB-##", CodeAlphabet.Digits).IsMatch(code));

    [Fact]
    public void The_canonical_text_is_symbols_space_pattern() =>
        Assert.Equal("0123456789 A ##", CodeFormat.FromPattern("A ##", CodeAlphabet.Digits).ToString());

    [Fact]
    public void Equality_is_by_alphabet_and_pattern()
    {
        Assert.Equal(CodeFormat.FromPattern("A-##"), CodeFormat.FromPattern("A-##", CodeAlphabet.Crockford));
        Assert.Equal(CodeFormat.FromPattern("A-##").GetHashCode(), CodeFormat.FromPattern("A-##").GetHashCode());
        Assert.NotEqual(CodeFormat.FromPattern("A-##"), CodeFormat.FromPattern("A-##", CodeAlphabet.Hex));
        Assert.NotEqual(CodeFormat.FromPattern("A-##"), CodeFormat.FromPattern("A-###"));
        Assert.False(CodeFormat.FromPattern("A-##").Equals((object)"A-##"));
    }
}
