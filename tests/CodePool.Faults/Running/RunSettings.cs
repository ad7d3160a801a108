namespace CodePool.Faults.Running;

/// <summary>How one run is made.</summary>
/// <param name="Consistency">The pool's.</param>
/// <param name="Length">How long codes are taken.</param>
/// <param name="Seed">Fixes the fault's timing, as far as processes let it.</param>
/// <param name="Without">The protections that are switched off.</param>
/// <param name="IsControl">Whether the fault is to be found.</param>
internal sealed record RunSettings(CodeConsistency Consistency, TimeSpan Length, int Seed, IReadOnlyList<string> Without, bool IsControl);
