namespace CodePool.Providers;

/// <summary>What lies one behind the other in a journal.</summary>
/// <param name="Epoch">The epoch of the codes.</param>
/// <param name="Codes">The codes, oldest first.</param>
public sealed record JournalBatch(Epoch Epoch, IReadOnlyList<LeasedCode> Codes)
{
    /// <summary>Codes read, with those that cannot be made out and are trimmed with them.</summary>
    public int Length { get; init; } = Codes.Count;

    /// <summary>Entries read, by which a closed epoch's journal is paged: a cache may keep several codes in one.</summary>
    public int Entries { get; init; } = Codes.Count;

    /// <summary>Whatever the cache needs to trim exactly these codes; nobody else's to read.</summary>
    public object? Extent { get; init; }

    /// <summary>How many there are; never the codes.</summary>
    public override string ToString() => $"{Length} journaled codes of epoch {Epoch.Number}";
}
