namespace QuickStart;

/// <summary>Codes a second, measured in this run; null where nothing was to do.</summary>
internal sealed record Rates(double? Generated = null, double? Stored = null, double? Taken = null)
{
    /// <summary>A few of the codes taken, to look at.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Codes taken; fewer than asked for when the pool ran empty.</summary>
    public int TakenCount { get; init; }
}
