namespace CodePool.Faults.Workers;

/// <summary>What a worker says at its end.</summary>
/// <param name="Undelivered">What the metric <c>codepool.codes.undelivered</c> counted.</param>
/// <param name="Left">How much of it at the stop: confirmed, and taken by nobody.</param>
/// <param name="MostAhead">The most confirmed codes that lay in the process and waited for a caller.</param>
/// <param name="Failures">Takes that threw.</param>
internal sealed record WorkerResult(long Undelivered, long Left, int MostAhead, long Failures);
