using System.Security.Cryptography;

namespace CodePool.Tests.Generation;

public class CodeGeneratorTests
{
    private static readonly CodeFormat Voucher = CodeFormat.FromPattern("SPRING-####-####");

    [Fact]
    public void Null_is_refused() => Assert.Throws<ArgumentNullException>(() => new CodeGenerator(null!));

    [Fact]
    public void A_negative_count_is_refused()
    {
        var generator = new CodeGenerator(Voucher);
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Generate(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Generate(new char[16], -1));
    }

    [Theory]
    [InlineData(15, 1), InlineData(0, 1), InlineData(159, 10), InlineData(100, int.MaxValue)]
    public void A_buffer_that_is_too_short_is_refused(int room, int count)
    {
        var refused = Assert.Throws<ArgumentException>(() => new CodeGenerator(Voucher).Generate(new char[room], count));
        Assert.Equal("destination", refused.ParamName);
    }

    [Fact]
    public void Nothing_is_drawn_for_no_codes()
    {
        var generator = new CodeGenerator(Voucher, _ => Assert.Fail("Random bytes were drawn."));
        generator.Generate([], 0);
        Assert.Empty(generator.Generate(0));
    }

    [Fact]
    public void What_is_beyond_the_codes_is_left_alone()
    {
        char[] buffer = new char[50];
        Array.Fill(buffer, '?');
        new CodeGenerator(Voucher).Generate(buffer, 3);
        Assert.Equal("??", new string(buffer, 48, 2));
        Assert.DoesNotContain('?', buffer.AsSpan(0, 48).ToArray());
    }

    [Fact]
    public void Next_draws_a_code() => Assert.True(Voucher.IsMatch(new CodeGenerator(Voucher).Next()));

    [Fact]
    public void Codes_of_60_bits_do_not_repeat()
    {
        // 200,000 codes, 2^60 of them: a pair repeats with probability 2 * 10^-8 by chance; what this finds is a block used twice.
        string[] codes = new CodeGenerator(new CodeFormat(CodeAlphabet.Crockford, 12)).Generate(200_000);
        Assert.Equal(codes.Length, codes.Distinct().Count());
    }

    [Fact]
    public void Threads_share_a_generator()
    {
        var generator = new CodeGenerator(new CodeFormat(CodeAlphabet.Crockford, 16));
        var codes = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(4).SelectMany(_ => generator.Generate(5_000)).ToList();
        Assert.All(codes, code => Assert.True(generator.Format.IsMatch(code)));
        Assert.Equal(40_000, codes.Distinct().Count());
    }

    [Fact]
    public void A_failing_source_is_not_hidden()
    {
        var generator = new CodeGenerator(Voucher, _ => throw new CryptographicException("no entropy"));
        Assert.Throws<CryptographicException>(() => generator.Next());
        Assert.Throws<CryptographicException>(() => generator.Generate(10));
    }
}
