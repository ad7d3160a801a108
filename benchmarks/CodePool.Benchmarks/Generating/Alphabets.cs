namespace CodePool.Benchmarks.Generating;

/// <summary>The alphabets that BenchmarkDotNet's parameters name by their size.</summary>
internal static class Alphabets
{
    public static CodeAlphabet OfSize(int symbols) => symbols switch
    {
        10 => CodeAlphabet.Digits,
        32 => CodeAlphabet.Crockford,
        62 => new CodeAlphabet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
        _ => throw new ArgumentOutOfRangeException(nameof(symbols)),
    };
}
