using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;

namespace CodePool.Benchmarks.Generating;

/// <summary>A code of 12 symbols: as one would write it, and in batches. All figures are of one code.</summary>
[MemoryDiagnoser]
public class GenerateBenchmarks
{
    private const int Length = 12;
    private const int Batch = 4_096;
    private const int Few = 64;

    private readonly char[] _buffer = new char[Batch * Length];
    private string _symbols = "";
    private CodeGenerator _generator = null!;

    [Params(10, 32, 62)]
    public int Symbols { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        CodeAlphabet alphabet = Alphabets.OfSize(Symbols);
        (_symbols, _generator) = (alphabet.Symbols, new CodeGenerator(new CodeFormat(alphabet, Length)));
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Few)]
    public string GetString()
    {
        string last = "";
        for (int i = 0; i < Few; i++)
            last = RandomNumberGenerator.GetString(_symbols, Length);
        return last;
    }

    [Benchmark(OperationsPerInvoke = Few)]
    public string Next()
    {
        string last = "";
        for (int i = 0; i < Few; i++)
            last = _generator.Next();
        return last;
    }

    [Benchmark(OperationsPerInvoke = Batch)]
    public string[] Strings() => _generator.Generate(Batch);

    [Benchmark(OperationsPerInvoke = Batch)]
    public void IntoBuffer() => _generator.Generate(_buffer, Batch);
}
