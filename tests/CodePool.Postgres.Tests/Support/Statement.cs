namespace CodePool.Postgres.Tests.Support;

/// <summary>Changes the text of a statement for a test.</summary>
internal static class Statement
{
    /// <summary>Puts another text in the place of one that must be there: a control that changes nothing shows nothing.</summary>
    public static string Set(string sql, string before, string after)
    {
        Assert.Contains(before, sql, StringComparison.Ordinal);
        return sql.Replace(before, after, StringComparison.Ordinal);
    }
}
