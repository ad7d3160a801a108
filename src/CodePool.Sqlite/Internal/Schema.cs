namespace CodePool.Sqlite.Internal;

/// <summary>The tables, by version: migration n is the file <c>schema-n.sql</c>.</summary>
internal static class Schema
{
    public const int Current = 1;

    /// <summary>Brings the schema to the current version. Under the write lock: of two processes that create it, one waits and finds it done.</summary>
    public static void Migrate(SqliteSession session, string poolName, string path)
    {
        session.Script("schema-table");
        long version = session.Query("schema-version", row => row.GetInt64(0))[0];
        if (version > Current)
        {
            throw new CodePoolConfigurationException(
                poolName, $"'{path}' has schema version {version}, and this CodePool.Sqlite knows up to {Current}. Upgrade the package.");
        }

        while (version < Current)
        {
            version++;
            session.Script($"schema-{version}");
            session.Execute("schema-migrated", ("@version", version));
        }
    }
}
