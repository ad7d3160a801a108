using System.Globalization;
using CodePool;
using Microsoft.Extensions.Configuration;

namespace QuickStart;

/// <summary>What the command line says.</summary>
internal sealed record Settings(string Database, int Take, int Callers, CodeConsistency Consistency, string? Out)
{
    public const string Help = """
        QuickStart: a pool of codes in one SQLite file, filled, taken from and audited.

          --database FILE                     where the pool lives     (quickstart.db)
          --take N                            codes to take            (20000)
          --callers N                         concurrent callers       (8)
          --consistency journaled|confirmed   when a code is Used      (journaled)
          --out FILE                          append each code taken, one a line, as soon as it is ours
        """;

    private static readonly string[] Keys = ["database", "take", "callers", "consistency", "out"];

    public static bool TryRead(string[] args, out Settings settings, out string fault)
    {
        settings = new Settings("quickstart.db", 20_000, 8, CodeConsistency.Journaled, null);
        fault = "";
        IConfigurationRoot given;
        try
        {
            given = new ConfigurationBuilder().AddCommandLine(args).Build();
        }
        catch (FormatException unreadable)
        {
            fault = unreadable.Message;
            return false;
        }

        if (given.AsEnumerable().FirstOrDefault(o => !Keys.Contains(o.Key, StringComparer.OrdinalIgnoreCase)).Key is { } unknown)
            fault = $"--{unknown} is no option.";
        else if (given.AsEnumerable().Count() * 2 != args.Length && !args.Any(a => a.Contains('=', StringComparison.Ordinal)))
            fault = "An option has no value.";
        else if (!TryNumber(given["take"], settings.Take, 0, out int take))
            fault = "--take wants a number of codes, 0 or more.";
        else if (!TryNumber(given["callers"], settings.Callers, 1, out int callers))
            fault = "--callers wants a number of callers, 1 or more.";
        else if (!TryConsistency(given["consistency"], out CodeConsistency consistency))
            fault = "--consistency wants journaled or confirmed.";
        else
            settings = new Settings(given["database"] ?? settings.Database, take, callers, consistency, given["out"]);
        return fault.Length == 0;
    }

    private static bool TryNumber(string? text, int fallback, int least, out int number)
    {
        number = fallback;
        return text is null || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least);
    }

    private static bool TryConsistency(string? text, out CodeConsistency consistency)
    {
        consistency = string.Equals(text, "confirmed", StringComparison.OrdinalIgnoreCase)
            ? CodeConsistency.Confirmed
            : CodeConsistency.Journaled;
        return text is null || string.Equals(text, consistency.ToString(), StringComparison.OrdinalIgnoreCase);
    }
}
