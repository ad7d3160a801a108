using System.Text.RegularExpressions;

namespace CodePool.Postgres.Internal;

/// <summary>A statement with its parameters by place: the driver reads through a text with names at each execution.</summary>
internal sealed partial class PostgresStatement
{
    public PostgresStatement(string named)
    {
        Named = named;
        var names = new List<string>();
        Text = Parameter().Replace(named, match =>
        {
            string name = match.Groups[1].Value;
            if (!names.Contains(name))
                names.Add(name);
            return $"${names.IndexOf(name) + 1}";
        });
        Parameters = names;
    }

    /// <summary>As it is in its file, with <c>@names</c>.</summary>
    public string Named { get; }

    /// <summary>With <c>$1</c>, <c>$2</c>, ….</summary>
    public string Text { get; }

    /// <summary>The name of each place.</summary>
    public IReadOnlyList<string> Parameters { get; }

    [GeneratedRegex("@([a-z_]+)")]
    private static partial Regex Parameter();
}
