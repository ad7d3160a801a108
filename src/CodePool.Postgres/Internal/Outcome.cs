namespace CodePool.Postgres.Internal;

/// <summary>What may be done when a step's outcome is unknown.</summary>
internal enum Outcome
{
    /// <summary>Nothing: it is repeated only after an error that surely rolled it back.</summary>
    Once,

    /// <summary>It may be repeated: a second time changes nothing.</summary>
    Idempotent,
}
