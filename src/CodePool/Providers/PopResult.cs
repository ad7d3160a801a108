namespace CodePool.Providers;

/// <summary>What a pop brought.</summary>
/// <param name="Status"><see cref="CacheStatus.Ok"/>, also when the cache is empty, <see cref="CacheStatus.Full"/> or <see cref="CacheStatus.Fenced"/>.</param>
/// <param name="Epoch">The epoch of the codes; null when there are none.</param>
/// <param name="Codes">The codes; nobody else will pop them.</param>
/// <param name="Remaining">Codes left in the cache: the low-water signal, at no cost.</param>
/// <param name="Journaled">Codes in the journal afterwards: says early that the marker should come.</param>
public readonly record struct PopResult(
    CacheStatus Status, Epoch? Epoch, IReadOnlyList<LeasedCode> Codes, long Remaining, long Journaled = 0);
