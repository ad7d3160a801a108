namespace CodePool.Postgres.Internal;

/// <summary>A run of numbers, both ends included.</summary>
internal readonly record struct NumberRun(long First, long Last)
{
    public long Count => Last - First + 1;

    public bool Contains(long number) => number >= First && number <= Last;
}
