namespace CodePool.TestServers;

/// <summary>Finds the programs of an installed server.</summary>
public static class RedisBinaries
{
    /// <summary>The path of redis-server; null: not installed.</summary>
    public static string? Find() => Programs.Find("redis-server");

    /// <summary>The same, or an error that says what to install.</summary>
    public static string Require() => Find() ?? throw new InvalidOperationException(
        "This test starts Redis servers of its own and needs redis-server, 7.0 or later (apt-get install redis-server).");
}
