using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>Makes a pool's record, or compares it with what the options say.</summary>
internal static class Opening
{
    public static PoolRecord Open(InMemoryDatabase database, PoolDefinition definition)
    {
        if (database.Find(definition.Name) is not { } pool)
            database.Add(pool = new PoolState(definition, database.Identity));

        Compare(pool.Definition, "Format", pool.Definition.Format, definition.Format);
        Compare(pool.Definition, "Consistency", pool.Definition.Consistency.ToString(), definition.Consistency.ToString());
        return new PoolRecord(pool.Id, pool.FilledTo, pool.Recovering);
    }

    private static void Compare(PoolDefinition pool, string option, string stored, string configured)
    {
        if (stored != configured)
            throw new CodePoolFormatMismatchException(pool.Name, option, stored, configured);
    }
}
