namespace CodePool.Postgres.Internal;

/// <summary>The files of <c>Internal/sql</c>.</summary>
internal static class EmbeddedSql
{
    private const string Marker = "-- name: ";

    public static string Read(string file)
    {
        using Stream stream = typeof(EmbeddedSql).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"{file} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>A file holds one step's statements, each under a line <c>-- name: x</c>; the key is <c>step.x</c>.</summary>
    public static IEnumerable<KeyValuePair<string, string>> ReadStatements(string step)
    {
        foreach (string part in Read($"{step}.sql").Split(Marker, StringSplitOptions.RemoveEmptyEntries))
        {
            string[] nameAndText = part.Split('\n', 2);
            yield return new($"{step}.{nameAndText[0].Trim()}", WithoutComments(nameAndText[1]));
        }
    }

    /// <summary>Comments are for the reader of the file; a server would parse them with each statement.</summary>
    private static string WithoutComments(string text) =>
        string.Join('\n', text.Split('\n').Where(line => line.Length > 0 && !line.TrimStart().StartsWith("--", StringComparison.Ordinal)));
}
