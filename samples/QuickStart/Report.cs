using System.Globalization;
using CodePool;
using Spectre.Console;

namespace QuickStart;

/// <summary>What the reader sees.</summary>
internal sealed class Report(ICodePool pool, Settings settings)
{
    public void Title()
    {
        AnsiConsole.Write(new Rule("[bold yellow]CodePool[/]").LeftJustified());
        AnsiConsole.MarkupLineInterpolated(
            $"Pool [bold]{pool.Name}[/] in [bold]{settings.Database}[/], {settings.Consistency}, {pool.Format.EntropyBits:F0} bits a code");
        AnsiConsole.WriteLine();
    }

    public static void Levels(params (string When, CodePoolLevels Levels)[] moments)
    {
        Table table = new Table().Border(TableBorder.Rounded).AddColumn("codes");
        foreach ((string when, _) in moments)
            table.AddColumn(new TableColumn(when).RightAligned());
        Row("generated", levels => levels.Generated);
        Row("available", levels => levels.Available);
        Row("leased", levels => levels.Leased);
        Row("  of them cached here", levels => levels.Cached);
        Row("used", levels => levels.Used);
        Row("unconfirmed", levels => levels.Unconfirmed);
        AnsiConsole.Write(table);

        void Row(string name, Func<CodePoolLevels, long> level) =>
            table.AddRow([name, .. moments.Select(moment => level(moment.Levels).ToString("N0", CultureInfo.InvariantCulture))]);
    }

    public void Rates(Rates rates)
    {
        string examples = string.Join("  ", rates.Examples);
        AnsiConsole.MarkupLineInterpolated($"{settings.Callers} callers took [bold]{rates.TakenCount:N0}[/] codes, among them [green]{examples}[/]");
        AnsiConsole.MarkupLineInterpolated(
            $"generated/s [bold]{Rate(rates.Generated)}[/]   stored/s [bold]{Rate(rates.Stored)}[/]   taken/s [bold]{Rate(rates.Taken)}[/]");
        AnsiConsole.WriteLine();
    }

    public static void Audit(CodePoolAudit audit)
    {
        AnsiConsole.MarkupLine("The audit counts the rows:");
        AnsiConsole.MarkupLineInterpolated(
            $"  {audit.Generated:N0} generated = {audit.Available:N0} available + {audit.Leased:N0} leased + {audit.Used:N0} used");
        AnsiConsole.MarkupLineInterpolated($"    + {audit.Unconfirmed:N0} unconfirmed + {audit.Void:N0} void");
        AnsiConsole.MarkupLine(audit.IsExact ? "[bold green]The sum is exact.[/]" : "[bold red]The sum is wrong:[/]");
        foreach (string finding in audit.Findings)
            AnsiConsole.MarkupLineInterpolated($"[red]{finding}[/]");
    }

    private static string Rate(double? rate) => rate?.ToString("N0", CultureInfo.InvariantCulture) ?? "–";
}
