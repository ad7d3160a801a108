using System.Globalization;

namespace CodePool.Benchmarks.Sizes;

/// <summary>Prints what a run of <c>sizes</c> finds: comments after <c>#</c>, then what it is, codes, bytes, and bytes a code, tab-separated.</summary>
internal static class SizeTable
{
    public static void Begin(string setting) => Console.WriteLine($"# {setting}: what, codes, bytes, bytes a code");

    public static void Row(string what, long codes, long bytes) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}\t{codes}\t{bytes}\t{bytes / (double)codes:F1}"));

    public static void Note(FormattableString note) => Console.WriteLine("# " + FormattableString.Invariant(note));
}
