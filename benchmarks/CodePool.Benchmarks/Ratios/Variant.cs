namespace CodePool.Benchmarks.Ratios;

/// <summary>One way of doing a thing.</summary>
/// <param name="Setting">What it is compared within: only variants of one setting have a ratio.</param>
/// <param name="Name">Ours begin with <c>CodePool</c>.</param>
/// <param name="IsPlain">Whether it is what the others are compared with.</param>
/// <param name="RunAsync">Does it once, and says how many codes it was and how many seconds they took.</param>
internal sealed record Variant(string Setting, string Name, bool IsPlain, Func<Task<Measured>> RunAsync);

/// <param name="Codes">Codes generated, taken, stored, …</param>
/// <param name="Seconds">Seconds they took.</param>
/// <param name="Note">What else was seen, such as latencies.</param>
internal readonly record struct Measured(long Codes, double Seconds, string? Note = null)
{
    public double PerSecond => Codes / Seconds;
}
