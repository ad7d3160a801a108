using System.Text.RegularExpressions;

namespace CodePool.Postgres.Internal;

/// <summary>Puts the configured schema and prefix in the place of <c>codepool.</c> in the SQL files.</summary>
internal sealed partial class PostgresNames(PostgresCodePoolOptions options)
{
    /// <summary>PostgreSQL cuts identifiers at 63 bytes; the longest name that follows a prefix has 22 (codes_code_pool_key, ...).</summary>
    private const int LongestPrefix = 40;

    public string Namespace { get; } = options.Schema;

    public string Table(string table) => options.TablePrefix + table;

    /// <summary>What creation locks: every process with the same tables has the same name for it.</summary>
    public string Qualified(string table) => $"\"{options.Schema}\".\"{options.TablePrefix}{table}\"";

    /// <summary>The names were checked against the allow-list, and are quoted as well.</summary>
    public string Apply(string sql) => Placeholder().Replace(sql, match => Qualified(match.Groups[1].Value));

    /// <summary>What is wrong with the names, naming the key; null when nothing is.</summary>
    public static string? Check(PostgresCodePoolOptions options)
    {
        if (!Identifier().IsMatch(options.Schema))
            return $"{nameof(options.Schema)} may hold letters, digits and underscores only, begins with no digit, and has at most 63 of them.";
        return options.TablePrefix.Length <= LongestPrefix && (options.TablePrefix.Length == 0 || Identifier().IsMatch(options.TablePrefix))
            ? null
            : $"{nameof(options.TablePrefix)} may hold letters, digits and underscores only, begins with no digit, and has at most {LongestPrefix} of them.";
    }

    [GeneratedRegex(@"\bcodepool\.([a-z_]+)")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]{0,62}\z")]
    private static partial Regex Identifier();
}
