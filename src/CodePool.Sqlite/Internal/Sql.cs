namespace CodePool.Sqlite.Internal;

/// <summary>The statements, each a file of its own in <c>sql/</c>, read once.</summary>
internal static class Sql
{
    private static readonly Dictionary<string, string> Texts = ReadAll();

    /// <summary>The text of a file; a name without one is a mistake in this assembly.</summary>
    public static string Text(string name) => Texts[name];

    private static Dictionary<string, string> ReadAll()
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string resource in typeof(Sql).Assembly.GetManifestResourceNames())
        {
            using var reader = new StreamReader(typeof(Sql).Assembly.GetManifestResourceStream(resource)!);
            texts.Add(Path.GetFileNameWithoutExtension(resource), reader.ReadToEnd());
        }

        return texts;
    }
}
