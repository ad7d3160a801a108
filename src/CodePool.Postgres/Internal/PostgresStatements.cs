namespace CodePool.Postgres.Internal;

/// <summary>Every statement, with its names in place: <c>["lease.read"]</c> is the statement "read" of <c>sql/lease.sql</c>.</summary>
internal sealed class PostgresStatements
{
    private static readonly string[] Steps =
        ["transaction", "open", "epochs", "fill", "lease", "confirm", "mark", "settle", "look", "audit", "recover", "adopt"];

    private readonly Dictionary<string, string> _texts;

    public PostgresStatements(PostgresNames names) => _texts = Steps
        .SelectMany(EmbeddedSql.ReadStatements)
        .ToDictionary(statement => statement.Key, statement => names.Apply(statement.Value), StringComparer.Ordinal);

    public string this[string name] => _texts[name];
}
