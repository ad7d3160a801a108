using CodePool.Providers;

namespace CodePool.Sqlite.Internal;

/// <summary>Makes schema and record, or compares them with what the options say.</summary>
internal static class Opening
{
    public static PoolRow Open(SqliteSession session, PoolDefinition definition, string path)
    {
        // Asked for, but not granted: no shared memory beside the file, as on network file systems, where locks do not hold either.
        if (session.Query("journal-mode", row => row.GetString(0))[0] != "wal")
            throw new CodePoolConfigurationException(definition.Name, $"'{path}' cannot have a write-ahead log. Put it on a local disk.");

        Schema.Migrate(session, definition.Name, path);
        PoolRow pool = PoolRow.Find(session, definition.Name) ?? Insert(session, definition);
        Compare(definition, "Format", pool.Format, definition.Format);
        Compare(definition, "Consistency", pool.Consistency.ToString(), definition.Consistency.ToString());
        return pool;
    }

    private static PoolRow Insert(SqliteSession session, PoolDefinition definition)
    {
        session.Execute(
            "pool-insert",
            ("@uid", Guid.NewGuid().ToBlob()),
            ("@name", definition.Name),
            ("@format", definition.Format),
            ("@consistency", (int)definition.Consistency));
        session.Execute("fill-row-insert", ("@name", definition.Name));
        return PoolRow.Find(session, definition.Name)!;
    }

    private static void Compare(PoolDefinition definition, string option, string stored, string configured)
    {
        if (stored != configured)
            throw new CodePoolFormatMismatchException(definition.Name, option, stored, configured);
    }
}
