namespace CodePool.Providers;

/// <summary>The store's record of a pool.</summary>
/// <param name="Id">Random, made with the record: names the pool's keys in a shared cache.</param>
/// <param name="Generated">Codes ever stored.</param>
/// <param name="Recovering">Whether a recovery was begun and has not ended.</param>
public sealed record PoolRecord(Guid Id, long Generated, bool Recovering);
