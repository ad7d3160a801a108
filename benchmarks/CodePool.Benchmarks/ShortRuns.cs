using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using Perfolizer.Horology;

namespace CodePool.Benchmarks;

/// <summary>
/// What all BenchmarkDotNet classes run with: short, so that all of them take minutes. Enough for what is allocated, which is counted and
/// not sampled; comparisons of speed are <c>ratios</c>' business, where the variants take turns.
/// </summary>
internal static class ShortRuns
{
    public static IConfig Config { get; } = ManualConfig.CreateMinimumViable()
        .AddJob(Job.Default
            .WithWarmupCount(8)
            .WithIterationCount(12)
            .WithIterationTime(TimeInterval.FromMilliseconds(150)))
        .AddExporter(MarkdownExporter.GitHub);
}
