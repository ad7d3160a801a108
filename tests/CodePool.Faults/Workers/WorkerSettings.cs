namespace CodePool.Faults.Workers;

/// <summary>What a worker process is told at its start.</summary>
/// <param name="Postgres">The store's connection string.</param>
/// <param name="Redis">The cache's configuration.</param>
/// <param name="Pool">The pool's settings.</param>
/// <param name="ConfirmAhead">Codes confirmed beyond what callers wait for.</param>
/// <param name="Log">The file for the codes it has got.</param>
/// <param name="Takers">How many tasks take at once.</param>
/// <param name="Rate">Takes a second, at most.</param>
/// <param name="Without">The protections that are switched off.</param>
internal sealed record WorkerSettings(
    string Postgres, string Redis, PoolSettings Pool, int ConfirmAhead, string Log, int Takers, int Rate, IReadOnlyList<string> Without);
