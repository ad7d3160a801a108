namespace CodePool.Providers;

/// <summary>What a recovery came to.</summary>
/// <param name="Performed">False when somebody else has answered the same evidence already.</param>
/// <param name="Unconfirmed">Codes that this call made Unconfirmed.</param>
/// <param name="Resumed">Whether the pool may be used; false while it waits for the operator.</param>
public readonly record struct RecoveryResult(bool Performed, long Unconfirmed, bool Resumed);
