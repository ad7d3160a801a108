namespace CodePool.Providers;

/// <summary>What the options say a pool is; compared with the store's record at start.</summary>
/// <param name="Name">The pool's name, unique in the store.</param>
/// <param name="Format">The text of its <c>CodeFormat</c>, compared exactly.</param>
/// <param name="Consistency">Its consistency.</param>
public sealed record PoolDefinition(string Name, string Format, CodeConsistency Consistency);
