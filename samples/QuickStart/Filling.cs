using System.Diagnostics;
using CodePool;
using Spectre.Console;

namespace QuickStart;

internal static class Filling
{
    private const int Target = 100_000;
    private const int GeneratorSample = 1_000_000;

    /// <summary>Fills the pool with a progress bar. The host's StoreMonitor would do it by itself; here we watch.</summary>
    public static async Task<Rates> RunAsync(ICodePool pool, ICodePoolOperations operations, CancellationToken stopping)
    {
        long generatedBefore = (await pool.GetLevelsAsync(stopping)).Generated;
        long start = Stopwatch.GetTimestamp();
        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn { Width = 40 }, new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask bar = context.AddTask($"Filling the pool to {Target:N0} codes", maxValue: Target);
                await operations.FillAsync(Target, new Bar(bar), stopping);
                bar.Value = Target;
            });
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long stored = (await pool.GetLevelsAsync(stopping)).Generated - generatedBefore;
        return new Rates(Generated: GeneratorRate(pool.Format), Stored: stored == 0 ? null : stored / seconds);
    }

    /// <summary>The generator alone, one thread, into a buffer.</summary>
    private static double GeneratorRate(CodeFormat format)
    {
        var generator = new CodeGenerator(format);
        char[] buffer = new char[GeneratorSample * format.Length];
        generator.Generate(buffer, GeneratorSample / 10);
        long start = Stopwatch.GetTimestamp();
        generator.Generate(buffer, GeneratorSample);
        return GeneratorSample / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Unlike <see cref="Progress{T}"/> it reports at once and in order.</summary>
    private sealed class Bar(ProgressTask task) : IProgress<FillProgress>
    {
        public void Report(FillProgress value) => task.Value = value.Available;
    }
}
