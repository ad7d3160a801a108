using System.Diagnostics;
using CodePool;
using Spectre.Console;

namespace QuickStart;

internal static class Filling
{
    private const int Target = 100_000;
    private const int GeneratorBatch = 10_000;

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

    /// <summary>The generator alone, one thread, into a buffer, after a warm-up.</summary>
    private static double GeneratorRate(CodeFormat format)
    {
        var generator = new CodeGenerator(format);
        char[] buffer = new char[GeneratorBatch * format.Length];
        Repeat(100);
        long start = Stopwatch.GetTimestamp();
        Repeat(200);
        return 200 * GeneratorBatch / Stopwatch.GetElapsedTime(start).TotalSeconds;

        void Repeat(int times)
        {
            for (int i = 0; i < times; i++)
                generator.Generate(buffer, GeneratorBatch);
        }
    }

    /// <summary>Unlike <see cref="Progress{T}"/> it reports at once and in order.</summary>
    private sealed class Bar(ProgressTask task) : IProgress<FillProgress>
    {
        public void Report(FillProgress value) => task.Value = value.Available;
    }
}
