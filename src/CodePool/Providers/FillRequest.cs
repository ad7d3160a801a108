namespace CodePool.Providers;

/// <summary>One batch to store.</summary>
/// <param name="Target">Available codes to reach; nothing is drawn when there are as many.</param>
/// <param name="MaxBatch">Codes to store at most.</param>
/// <param name="Draw">
/// Draws at least that many codes, duplicates allowed, in the order that their numbers shall have; a dense keyspace draws some to spare.
/// </param>
public sealed record FillRequest(long Target, int MaxBatch, Func<int, IReadOnlyList<string>> Draw);
