using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;

namespace CodePool.Benchmarks.Generating;

/// <summary>What a host does with a code that a person typed, before it asks the store: 12 symbols of Crockford's 32.</summary>
[MemoryDiagnoser]
public partial class ReadBenchmarks
{
    private readonly CodeFormat _format = new(CodeAlphabet.Crockford, 12);
    private readonly CodeFormat _pattern = CodeFormat.FromPattern("SPRING-####-####");

    private readonly string _exact = "7G4K2M9QXT3B";
    private readonly string _typed = "7g4k-2m9q-xt3b";
    private readonly string _wrong = "7G4K2M9QXT3U";
    private readonly string _typedPattern = "spring 7g4k 2m9q";

    [Benchmark(Baseline = true)]
    public bool Regex() => Exactly().IsMatch(_exact);

    [Benchmark]
    public bool IsMatch() => _format.IsMatch(_exact);

    [Benchmark]
    public bool IsMatchOfAWrongOne() => _format.IsMatch(_wrong);

    [Benchmark]
    public string? Exact() => Normalize(_format, _exact);

    [Benchmark]
    public string? LowerCaseAndDashes() => Normalize(_format, _typed);

    [Benchmark]
    public string? Pattern() => Normalize(_pattern, _typedPattern);

    [Benchmark]
    public string? Wrong() => Normalize(_format, _wrong);

    private static string? Normalize(CodeFormat format, string typed) => format.TryNormalize(typed, out string? code) ? code : null;

    [GeneratedRegex("^[0-9A-HJKMNP-TV-Z]{12}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Exactly();
}
