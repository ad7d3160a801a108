using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace CodePool.Benchmarks.Plots;

/// <summary><c>plot FILE PNG</c>: draws what <c>growth</c> printed: the rate of a fill, and what the other steps take.</summary>
internal static class GrowthPlot
{
    private const int Width = 1600;
    private const int Height = 800;

    private static readonly (string Column, string Label, double ToMilliseconds, string Color)[] Steps =
    [
        ("mark, ms", "mark 5,000", 1, "#b3541e"),
        ("lease, ms", "lease 5,000", 1, "#1f6feb"),
        ("start, ms", "start-up", 1, "#6f42c1"),
        ("levels, ms", "levels", 1, "#1a7f37"),
        ("take, ns", "take, from memory", 1e-6, "#57606a"),
    ];

    public static int Draw(string file, string png)
    {
        GrowthTable table = GrowthTable.Read(file);
        Fonts.Default = "DejaVu Sans";
        var figure = new Multiplot();
        figure.AddPlots(2);
        figure.Layout = new ScottPlot.MultiplotLayouts.Columns();
        DrawFill(figure.GetPlot(0), table);
        DrawSteps(figure.GetPlot(1), table);
        figure.SavePng(png, Width, Height);
        return 0;
    }

    private static void DrawFill(Plot plot, GrowthTable table)
    {
        double[] rates = [.. table.Column("fill, codes/s").Select(rate => rate / 1e3)];
        Line(plot, table.Codes, rates, "#1f6feb");
        foreach ((double codes, double rate) in table.Codes.Zip(rates))
            Say(plot, codes, rate, $"{rate:N0}", "#1f6feb", Alignment.LowerCenter, 0, -10);
        int million = Array.FindIndex(table.Codes, codes => codes >= 1e6);
        if (million >= 0)
        {
            ScottPlot.Plottables.HorizontalLine half = plot.Add.HorizontalLine(rates[million] / 2, 1.5f, Color.FromHex("#57606a"), LinePattern.Dashed);
            half.EnableAutoscale = false;
            Say(plot, table.Codes[0], half.Y, "half of the rate at 1 M", "#57606a", Alignment.UpperLeft, 0, 6);
        }

        Dress(plot, table, "Fill, thousand codes a second");
        plot.Axes.Left.TickGenerator = new NumericFixedInterval(50);
        plot.Axes.SetLimitsY(0, rates.Max() * 1.15);
    }

    private static void DrawSteps(Plot plot, GrowthTable table)
    {
        foreach ((string column, string label, double toMilliseconds, string color) in Steps)
        {
            double[] times = [.. table.Column(column).Select(value => Math.Log10(value * toMilliseconds))];
            Line(plot, table.Codes, times, color);
            Say(plot, table.Codes[^1], times[^1], label, color, Alignment.MiddleLeft, 14, 0);
        }

        Dress(plot, table, "Time a step takes");
        plot.Axes.Left.TickGenerator = Decades(value => value switch
        {
            < 1e-3 => $"{value * 1e6:0} ns",
            < 1 => $"{value * 1e3:0} µs",
            _ => $"{value:0} ms",
        });
        plot.Axes.SetLimitsX(Math.Log10(table.Codes[0]) - 0.2, Math.Log10(table.Codes[^1]) + 1.5);
        plot.Axes.SetLimitsY(-5.5, 2.2);
    }

    private static void Line(Plot plot, double[] codes, double[] values, string color)
    {
        ScottPlot.Plottables.Scatter line = plot.Add.Scatter(codes.Select(Math.Log10).ToArray(), values, Color.FromHex(color));
        line.LineWidth = 3;
        line.MarkerSize = 11;
    }

    private static void Say(Plot plot, double codes, double value, string text, string color, Alignment alignment, float right, float down)
    {
        ScottPlot.Plottables.Text label = plot.Add.Text(text, Math.Log10(codes), value);
        (label.LabelFontSize, label.LabelFontColor, label.LabelAlignment) = (20, Color.FromHex(color), alignment);
        (label.OffsetX, label.OffsetY) = (right, down);
    }

    private static void Dress(Plot plot, GrowthTable table, string title)
    {
        plot.Title(title, 26);
        plot.XLabel("codes in the table", 20);
        plot.Axes.Bottom.TickGenerator = new NumericManual(
            table.Codes.Select(Math.Log10).ToArray(), [.. table.Codes.Select(codes => (codes / 1e6).ToString("0.## M", CultureInfo.InvariantCulture))]);
        plot.Axes.SetLimitsX(Math.Log10(table.Codes[0]) - 0.2, Math.Log10(table.Codes[^1]) + 0.2);
        plot.Axes.Bottom.TickLabelStyle.FontSize = plot.Axes.Left.TickLabelStyle.FontSize = 18;
        plot.Axes.Right.FrameLineStyle.Width = plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Grid.MajorLineColor = Color.FromHex("#e6e8eb");
    }

    private static NumericManual Decades(Func<double, string> label)
    {
        int[] exponents = [.. Enumerable.Range(-8, 12)];
        return new NumericManual([.. exponents.Select(e => (double)e)], [.. exponents.Select(e => label(Math.Pow(10, e)))]);
    }
}
