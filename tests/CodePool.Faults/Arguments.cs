using System.Globalization;
using CodePool.Faults.Scenarios;

namespace CodePool.Faults;

/// <summary>What the command line asks for.</summary>
internal sealed record Arguments(IReadOnlyList<Scenario> Scenarios, TimeSpan Length, int Seed)
{
    private const int DefaultSeconds = 6;

    /// <summary>Null when it makes no sense.</summary>
    public static Arguments? Parse(string[] args)
    {
        if (args is not ["run", var name, .. var rest])
            return null;
        Scenario[] scenarios = [.. Registry.All.Where(scenario => name == "all" || scenario.Name == name)];
        var wanted = new Arguments(scenarios, TimeSpan.FromSeconds(DefaultSeconds), Seed: 1);
        for (int i = 0; i < rest.Length; i += 2)
        {
            if (i + 1 == rest.Length || !int.TryParse(rest[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int value))
                return null;
            switch (rest[i])
            {
                case "--seconds" when value > 0:
                    wanted = wanted with { Length = TimeSpan.FromSeconds(value) };
                    break;
                case "--seed":
                    wanted = wanted with { Seed = value };
                    break;
                default:
                    return null;
            }
        }

        return scenarios.Length == 0 ? null : wanted;
    }
}
