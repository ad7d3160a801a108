namespace CodePool.Providers;

/// <summary>The head of a journal.</summary>
/// <param name="Epoch">The epoch of the codes.</param>
/// <param name="Codes">The codes, oldest first.</param>
public sealed record JournalBatch(Epoch Epoch, IReadOnlyList<LeasedCode> Codes);
