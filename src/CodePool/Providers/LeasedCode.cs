namespace CodePool.Providers;

/// <summary>One code with the lease it came from.</summary>
/// <param name="Lease">The lease's number.</param>
/// <param name="Number">The code's number in its pool.</param>
/// <param name="Code">The code.</param>
public readonly record struct LeasedCode(long Lease, long Number, string Code)
{
    /// <summary>Lease and number; never the code.</summary>
    public override string ToString() => $"code {Number} of lease {Lease}";
}
