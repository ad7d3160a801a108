using System.Security.Cryptography;

namespace CodePool.Tests.Generation;

/// <summary>Chi-square tests of all alphabet sizes: each symbol overall, and at each position.</summary>
public class UniformityTests
{
    private const int Length = 8;
    private const int Codes = 100_000;

    // 93 sizes with 1 + 8 tests each: by chance one of the 837 fails in less than 10^-11 of all runs (Bonferroni). That leaves a factor of 100
    // for what the chi-square distribution gets wrong so far out in its tail, where counts of about 1,064 and more are not quite normal.
    private const double Significance = 1e-14;

    public static TheoryData<int> AllSizes => new(Enumerable.Range(2, 93));

    [Theory]
    [MemberData(nameof(AllSizes))]
    public void Every_symbol_is_equally_likely_at_every_position(int size)
    {
        var alphabet = new CodeAlphabet(Samples.PrintableAscii[..size]);
        char[] codes = new char[Codes * Length];
        new CodeGenerator(new CodeFormat(alphabet, Length)).Generate(codes, Codes);
        Assert.InRange(SmallestPValue(codes, alphabet), Significance, 1);
    }

    [Theory]
    [InlineData(20), InlineData(36), InlineData(52), InlineData(62), InlineData(94)]
    public void Control_a_biased_encoder_is_detected(int size)
    {
        var alphabet = new CodeAlphabet(Samples.PrintableAscii[..size]);
        char[] codes = Array.ConvertAll(RandomNumberGenerator.GetBytes(Codes * Length), value => alphabet.Symbols[value % size]);
        Assert.InRange(SmallestPValue(codes, alphabet), 0, Significance);
    }

    [Fact]
    public void Control_a_symbol_missing_at_one_position_is_detected()
    {
        char[] codes = new char[Codes * Length];
        new CodeGenerator(new CodeFormat(CodeAlphabet.Crockford, Length)).Generate(codes, Codes);
        for (int i = 5; i < codes.Length; i += Length)
            codes[i] = codes[i] == 'Z' ? '0' : codes[i];

        Assert.InRange(SmallestPValue(codes, CodeAlphabet.Crockford), 0, Significance);
    }

    [Theory]
    [InlineData(1, 3.841458820694124, 0.05)]
    [InlineData(10, 18.307038053275146, 0.05)]
    [InlineData(93, 93, 0.48049653748)]
    [InlineData(2, 64.472382, 1e-14)]                      // two degrees of freedom: exp(-x / 2)
    public void Control_the_p_value_is_that_of_the_tables(int degrees, double statistic, double expected) =>
        Assert.Equal(1, ChiSquare.UpperTail(degrees / 2.0, statistic / 2) / expected, 1e-6);

    private static double SmallestPValue(char[] codes, CodeAlphabet alphabet)
    {
        long[] counts = new long[128 * Length];
        for (int start = 0; start < codes.Length; start += Length)
        {
            for (int position = 0; position < Length; position++)
                counts[(position * 128) + codes[start + position]]++;
        }

        var positions = Enumerable.Range(0, Length)
            .Select(position => alphabet.Symbols.Select(symbol => counts[(position * 128) + symbol]).ToArray())
            .ToArray();
        long[] overall = Enumerable.Range(0, alphabet.Size).Select(symbol => positions.Sum(position => position[symbol])).ToArray();
        return positions.Append(overall).Min(each => ChiSquare.PValue(each));
    }
}
