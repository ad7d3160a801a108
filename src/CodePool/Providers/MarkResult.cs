namespace CodePool.Providers;

/// <summary>What a batch of marks changed.</summary>
/// <param name="Marked">Codes this batch made Used, late ones included.</param>
/// <param name="Late">Codes of them that were Unconfirmed.</param>
/// <param name="Unplaced">Codes an earlier recovery has no place for; to be adopted.</param>
public sealed record MarkResult(int Marked, int Late, IReadOnlyList<LeasedCode> Unplaced);
