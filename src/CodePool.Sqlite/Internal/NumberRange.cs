namespace CodePool.Sqlite.Internal;

/// <summary>A run of numbers, both ends included.</summary>
internal readonly record struct NumberRange(long First, long Last)
{
    public long Count => Last - First + 1;

    public bool Contains(long number) => number >= First && number <= Last;

    /// <summary>Its first numbers, at most that many.</summary>
    public NumberRange Head(long count) => new(First, Math.Min(Last, First + count - 1));
}
