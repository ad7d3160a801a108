namespace CodePool.ContractTests.Model;

/// <summary>Looks for a sequence after which store and model differ, and shortens it.</summary>
public static class ModelSearch
{
    private const int MaxShorteningRuns = 300;

    /// <summary>The first fault as a text that names how to repeat it; null when there is none.</summary>
    public static async Task<string?> FindFaultAsync(
        Func<StoreHarness> harness, CodeConsistency consistency, int firstSeed, int seeds, int length)
    {
        for (int seed = firstSeed; seed < firstSeed + seeds; seed++)
        {
            IReadOnlyList<ModelStep> steps = ModelStep.Sequence(seed, length);
            if (await TryAsync(harness, consistency, steps) is null)
                continue;

            IReadOnlyList<ModelStep> least = await ShortenAsync(harness, consistency, steps);
            string? fault = await TryAsync(harness, consistency, least);
            return $"seed {seed}, {consistency}: {string.Join(", ", least)}{Environment.NewLine}{fault}";
        }

        return null;
    }

    private static async Task<string?> TryAsync(Func<StoreHarness> harness, CodeConsistency consistency, IReadOnlyList<ModelStep> steps)
    {
        await using var run = new ModelRun(harness(), consistency);
        try
        {
            await run.RunAsync(steps);
            return null;
        }
        catch (Exception fault) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return fault.ToString();
        }
    }

    /// <summary>Leaves out steps, from large pieces to single ones, as long as it still fails.</summary>
    private static async Task<IReadOnlyList<ModelStep>> ShortenAsync(
        Func<StoreHarness> harness, CodeConsistency consistency, IReadOnlyList<ModelStep> steps)
    {
        int runs = 0;
        for (int piece = steps.Count / 2; piece >= 1; piece /= 2)
        {
            for (int from = steps.Count - piece; from >= 0 && runs < MaxShorteningRuns; from -= piece)
            {
                ModelStep[] shorter = [.. steps.Take(from), .. steps.Skip(from + piece)];
                runs++;
                if (await TryAsync(harness, consistency, shorter) is not null)
                    steps = shorter;
            }
        }

        return steps;
    }
}
