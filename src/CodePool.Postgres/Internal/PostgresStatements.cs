namespace CodePool.Postgres.Internal;

/// <summary>Every statement, with its names in place: <c>["lease.read"]</c> is the statement "read" of <c>sql/lease.sql</c>.</summary>
internal sealed class PostgresStatements
{
    private static readonly string[] Steps =
        ["transaction", "open", "epochs", "fill", "second_half", "lease", "confirm", "mark", "settle", "look", "audit", "recover", "adopt"];

    private readonly Dictionary<string, PostgresStatement> _statements;

    /// <param name="names">What to put in the place of the names in the files.</param>
    /// <param name="weaken">For tests only: takes a protection out of a statement, by its name and text, so that a test can show the fault.</param>
    public PostgresStatements(PostgresNames names, Func<string, string, string>? weaken = null) => _statements = Steps
        .SelectMany(EmbeddedSql.ReadStatements)
        .ToDictionary(
            statement => statement.Key,
            statement => new PostgresStatement(names.Apply(weaken is null ? statement.Value : weaken(statement.Key, statement.Value))),
            StringComparer.Ordinal);

    /// <summary>With named parameters, as Dapper takes them.</summary>
    public string this[string name] => _statements[name].Named;

    /// <summary>With parameters by place.</summary>
    public PostgresStatement Get(string name) => _statements[name];
}
