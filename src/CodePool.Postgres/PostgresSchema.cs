using CodePool.Postgres.Internal;

namespace CodePool.Postgres;

/// <summary>The tables, for who creates them by hand.</summary>
public static class PostgresSchema
{
    /// <summary>
    /// The script that creates the tables of the current version, with the names that the options say:
    /// <c>File.WriteAllText("codepool.sql", PostgresSchema.GetScript(new()))</c>, then <c>psql -1 -f codepool.sql</c>.
    /// </summary>
    /// <param name="options">Only <see cref="PostgresCodePoolOptions.Schema"/> and <see cref="PostgresCodePoolOptions.TablePrefix"/> matter.</param>
    /// <exception cref="ArgumentException">A name is not allowed.</exception>
    public static string GetScript(PostgresCodePoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return PostgresNames.Check(options) is { } wrong
            ? throw new ArgumentException(wrong, nameof(options))
            : new PostgresNames(options).Apply(EmbeddedSql.Read("schema.sql"));
    }
}
