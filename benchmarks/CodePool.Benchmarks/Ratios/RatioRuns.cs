using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace CodePool.Benchmarks.Ratios;

/// <summary>
/// Measures variants in turn (A B C A B C …), so that a machine whose speed drifts drifts for all, and prints medians:
/// comments after <c>#</c>, then name, codes a second, and the ratio to the plain variant of the same setting, tab-separated.
/// </summary>
internal static class RatioRuns
{
    private static readonly Func<IRatioRun>[] All =
    [
        () => new Generating.GenerateRun(),
        () => new Memory.MemoryRun(),
        () => new Postgres.FillRun(),
        () => new Postgres.LeaseRun(),
        () => new Postgres.MarkRun(),
        () => new Postgres.ConfirmRun(),
        () => new Redis.TakeRun(),
        () => new Pipeline.PipelineRun(),
    ];

    public static async Task<int> RunAsync(string[] names)
    {
        if (names.Length == 0)
        {
            Console.WriteLine("ratios " + string.Join(" | ", All.Select(create => create().Name)));
            return 2;
        }

        foreach (string name in names)
        {
            if (All.Select(create => create()).FirstOrDefault(run => run.Name == name) is not { } run)
            {
                Console.Error.WriteLine($"There is no comparison '{name}'.");
                return 2;
            }

            await using (run)
                await MeasureAsync(run);
        }

        return 0;
    }

    private static async Task MeasureAsync(IRatioRun run)
    {
        Console.WriteLine($"# ratios {run.Name}, {Machine()}");
        IReadOnlyList<Variant> variants = await run.PrepareAsync();
        var results = variants.ToDictionary(v => v, _ => new List<Measured>());
        for (int round = -run.WarmUps; round < run.Rounds; round++)
        {
            foreach (Variant variant in variants)
            {
                Measured measured = await variant.RunAsync();
                if (round >= 0)
                    results[variant].Add(measured);
            }
        }

        foreach (IGrouping<string, Variant> setting in variants.GroupBy(v => v.Setting))
            Print(setting.Key, [.. setting.Select(v => (v, Median(results[v])))]);
    }

    private static void Print(string setting, IReadOnlyList<(Variant Variant, Measured Median)> results)
    {
        double plain = results.First(r => r.Variant.IsPlain).Median.PerSecond;
        Console.WriteLine($"# {setting}: name, codes/s, ratio to {results.First(r => r.Variant.IsPlain).Variant.Name}");
        foreach ((Variant variant, Measured median) in results)
        {
            if (median.Note is { } note)
                Console.WriteLine($"# {variant.Name}, {setting}: {note}");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{variant.Name}, {setting}\t{median.PerSecond:F0}\t{median.PerSecond / plain:F2}"));
        }
    }

    private static Measured Median(List<Measured> measured) => measured.OrderBy(m => m.PerSecond).ElementAt(measured.Count / 2);

    public static string Machine()
    {
        string vectors = Vector512.IsHardwareAccelerated ? "512" : Vector256.IsHardwareAccelerated ? "256" : Vector128.IsHardwareAccelerated ? "128" : "no";
        return $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSArchitecture}, {vectors}-bit vectors, {RuntimeInformation.FrameworkDescription}";
    }
}
