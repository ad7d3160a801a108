namespace CodePool.Providers;

/// <summary>A run of journal entries.</summary>
/// <param name="Epoch">The epoch of the codes.</param>
/// <param name="Codes">The codes, oldest first.</param>
public sealed record JournalBatch(Epoch Epoch, IReadOnlyList<LeasedCode> Codes)
{
    /// <summary>Entries read: the codes, and those that hold none and are trimmed with them.</summary>
    public int Length { get; init; } = Codes.Count;

    /// <summary>Whatever the cache needs to trim exactly these entries; nobody else's to read.</summary>
    public object? Extent { get; init; }

    /// <summary>How many there are; never the codes.</summary>
    public override string ToString() => $"{Length} journal entries of epoch {Epoch.Number}";
}
