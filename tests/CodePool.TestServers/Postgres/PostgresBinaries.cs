namespace CodePool.TestServers;

/// <summary>Finds the programs of an installed server.</summary>
public static class PostgresBinaries
{
    private static readonly string[] Needed = ["initdb", "postgres", "pg_ctl", "pg_basebackup"];

    /// <summary>They refuse to run as root: then they run as the user postgres.</summary>
    internal static string? User => Environment.UserName == "root" ? "postgres" : null;

    /// <summary>The folder with all of them: on the PATH, or where Debian puts it, the newest first.</summary>
    public static string? Find() => Candidates().FirstOrDefault(folder => Needed.All(program => Has(folder, program)));

    /// <summary>The same, or an error that says what to install.</summary>
    public static string Require() => Find() ?? throw new InvalidOperationException(
        "This test starts PostgreSQL servers of its own and needs initdb, postgres, pg_ctl and pg_basebackup (apt-get install postgresql).");

    /// <summary>The path of PgBouncer, or an error that says what to install.</summary>
    public static string RequirePgBouncer() => Programs.Find("pgbouncer")
        ?? throw new InvalidOperationException("This test needs PgBouncer (apt-get install pgbouncer).");

    private static IEnumerable<string> Candidates()
    {
        const string Debian = "/usr/lib/postgresql";
        IEnumerable<string> installed = Directory.Exists(Debian)
            ? Directory.GetDirectories(Debian).OrderByDescending(folder => folder, StringComparer.Ordinal).Select(folder => Path.Combine(folder, "bin"))
            : [];
        return Programs.PathFolders().Concat(installed);
    }

    private static bool Has(string folder, string program) => File.Exists(Path.Combine(folder, program));
}
