using System.Globalization;

namespace CodePool.Benchmarks.Plots;

/// <summary>What <c>growth</c> printed: a head, a line a size, tab-separated; lines that begin with <c>#</c> are comments.</summary>
internal sealed class GrowthTable
{
    private readonly string[] _head;
    private readonly double[][] _rows;

    private GrowthTable(string[] head, double[][] rows) => (_head, _rows) = (head, rows);

    public double[] Codes => Column("codes");

    public static GrowthTable Read(string file)
    {
        string[][] lines =
        [
            .. from line in File.ReadLines(file)
               where !line.StartsWith('#') && line.Contains('\t', StringComparison.Ordinal)
               select line.Split('\t'),
        ];
        return new GrowthTable(
            lines[0], [.. lines.Skip(1).Select(line => line.Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray())]);
    }

    public double[] Column(string name)
    {
        int place = Array.IndexOf(_head, name);
        return place < 0
            ? throw new ArgumentException($"There is no column '{name}'.", nameof(name))
            : [.. _rows.Select(row => row[place])];
    }
}
