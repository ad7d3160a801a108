using System.Runtime.InteropServices;

namespace CodePool.Benchmarks.Sizes;

/// <summary><c>sizes NAME …</c>: what a code takes up in each place, measured in the real place, and what makes it less.</summary>
internal static class SizeRuns
{
    private static readonly (string Name, Func<Task> RunAsync)[] All =
    [
        ("redis", Redis.RedisSizes.RunAsync),
        ("postgres", Postgres.PostgresSizes.RunAsync),
        ("sqlite", Sqlite.SqliteSizes.RunAsync),
        ("process", Memory.ProcessSizes.RunAsync),
    ];

    public static async Task<int> RunAsync(string[] names)
    {
        if (names.Length == 0 || names.FirstOrDefault(name => All.All(place => place.Name != name)) is not null)
        {
            Console.Error.WriteLine("sizes " + string.Join(" | ", All.Select(place => place.Name)));
            return 2;
        }

        foreach (string name in names)
        {
            Console.WriteLine($"# sizes {name}, {RuntimeInformation.OSArchitecture}, {RuntimeInformation.FrameworkDescription}");
            await All.First(place => place.Name == name).RunAsync();
        }

        return 0;
    }
}
