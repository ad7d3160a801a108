namespace CodePool.TestServers;

/// <summary>Finds installed programs.</summary>
internal static class Programs
{
    // Debian keeps servers in sbin, which is not on everybody's PATH.
    private static readonly string[] Others = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/usr/bin"];

    /// <summary>The folders of the PATH.</summary>
    public static string[] PathFolders() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Where a program is; null: nowhere.</summary>
    public static string? Find(string program) =>
        PathFolders().Concat(Others).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
