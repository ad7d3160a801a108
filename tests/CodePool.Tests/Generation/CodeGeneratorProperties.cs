using CodePool.Internal.Generation;
using FsCheck;
using FsCheck.Fluent;

namespace CodePool.Tests.Generation;

public class CodeGeneratorProperties
{
    private static readonly Config Some = Config.QuickThrowOnFailure.WithMaxTest(300);

    private static readonly int[] VectorBits = [128, 256, 512];

    private static Gen<(CodeFormat Format, int Count, int Seed)> Requests =>
        from format in Samples.Formats
        from count in Gen.Frequency((9, Gen.Choose(0, 200)), (1, Gen.Choose(5_000, 20_000)))
        from seed in Gen.Choose(0, int.MaxValue)
        select (format, count, seed);

    [Fact]
    public void Every_code_matches_the_format() => Check.One(Some, Prop.ForAll(Requests.ToArbitrary(), request =>
        new CodeGenerator(request.Format).Generate(request.Count).All(code => request.Format.IsMatch(code))));

    [Fact]
    public void Strings_and_buffer_agree_for_the_same_random_bytes() => Check.One(Some, Prop.ForAll(Requests.ToArbitrary(), request =>
    {
        char[] buffer = new char[request.Count * request.Format.Length];
        new CodeGenerator(request.Format, SeededBytes(request.Seed)).Generate(buffer, request.Count);
        string[] strings = new CodeGenerator(request.Format, SeededBytes(request.Seed)).Generate(request.Count);
        return strings.Length == request.Count && string.Concat(strings) == new string(buffer);
    }));

    [Fact]
    public void The_same_random_bytes_give_the_same_codes() => Check.One(Some, Prop.ForAll(Requests.ToArbitrary(), request =>
        new CodeGenerator(request.Format, SeededBytes(request.Seed)).Generate(request.Count)
            .SequenceEqual(new CodeGenerator(request.Format, SeededBytes(request.Seed)).Generate(request.Count))));

    [Fact]
    public void Vectors_of_every_width_give_the_codes_that_the_plain_reading_gives() => Check.One(Some, Prop.ForAll(Requests.ToArbitrary(), request =>
    {
        string[] plain = new CodeGenerator(request.Format, SeededBytes(request.Seed), vectorBits: 0).Generate(request.Count);
        return VectorBits.All(bits =>
            new CodeGenerator(request.Format, SeededBytes(request.Seed), bits).Generate(request.Count).SequenceEqual(plain));
    }));

    /// <summary>One stream of bytes, however it is cut into calls.</summary>
    private static FillRandom SeededBytes(int seed)
    {
        ulong state = (ulong)seed;
        return destination =>
        {
            foreach (ref byte value in destination)
            {
                state += 0x9E3779B97F4A7C15;   // SplitMix64 (Steele, Lea, Flood 2014), its high byte
                ulong mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
                mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
                value = (byte)(mixed >> 56);
            }
        };
    }
}
