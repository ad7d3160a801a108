namespace CodePool.Postgres.Tests.Support;

/// <summary>Finds the programs of an installed server.</summary>
internal static class PostgresBinaries
{
    private static readonly string[] Programs = ["initdb", "postgres", "pg_ctl", "pg_basebackup"];

    /// <summary>The folder with all of them: on the PATH, or where Debian puts it, the newest first.</summary>
    public static string? Find() => Candidates().FirstOrDefault(folder => Programs.All(program => Has(folder, program)));

    public static string Require() => Find() ?? throw new InvalidOperationException(
        "This test starts PostgreSQL servers of its own and needs initdb, postgres, pg_ctl and pg_basebackup (apt-get install postgresql).");

    /// <summary>Debian keeps it in sbin, which is not on everybody's PATH.</summary>
    public static string RequirePgBouncer() =>
        PathFolders().Concat(["/usr/sbin", "/usr/local/sbin", "/usr/local/bin"]).Where(folder => Has(folder, "pgbouncer"))
            .Select(folder => Path.Combine(folder, "pgbouncer")).FirstOrDefault()
        ?? throw new InvalidOperationException("This test needs PgBouncer (apt-get install pgbouncer).");

    private static IEnumerable<string> Candidates()
    {
        const string Debian = "/usr/lib/postgresql";
        IEnumerable<string> installed = Directory.Exists(Debian)
            ? Directory.GetDirectories(Debian).OrderByDescending(folder => folder, StringComparer.Ordinal).Select(folder => Path.Combine(folder, "bin"))
            : [];
        return PathFolders().Concat(installed);
    }

    private static string[] PathFolders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    private static bool Has(string folder, string program) => File.Exists(Path.Combine(folder, program));
}
