namespace CodePool.Providers;

/// <summary>A contiguous range of numbers that belongs to one epoch, with its codes.</summary>
/// <param name="Number">Monotone and never reused; with the epoch's token it identifies the lease.</param>
/// <param name="First">The number of the first code.</param>
/// <param name="Codes">The codes, ascending by number without gaps. Whoever gets the lease may keep them: they do not change.</param>
public sealed record Lease(long Number, long First, IReadOnlyList<string> Codes)
{
    /// <summary>The number of the last code.</summary>
    public long Last => First + Codes.Count - 1;

    /// <summary>Number and range; never the codes.</summary>
    public override string ToString() => $"lease {Number} [{First}..{Last}]";
}
