namespace CodePool.Faults.Workers;

/// <summary>What a worker says at its end.</summary>
/// <param name="Undelivered">What the metric <c>codepool.codes.undelivered</c> counted.</param>
/// <param name="Failures">Takes that threw.</param>
internal sealed record WorkerResult(long Undelivered, long Failures);
