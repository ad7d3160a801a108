using CodePool.Faults.Workers;

namespace CodePool.Faults.Running;

/// <summary>How one run is made.</summary>
/// <param name="Pool">The pool's settings.</param>
/// <param name="Length">How long codes are taken.</param>
/// <param name="Seed">Fixes the fault's timing, as far as processes let it.</param>
/// <param name="Without">The protections that are switched off.</param>
/// <param name="IsControl">Whether the fault is to be found.</param>
internal sealed record RunSettings(PoolSettings Pool, TimeSpan Length, int Seed, IReadOnlyList<string> Without, bool IsControl);
