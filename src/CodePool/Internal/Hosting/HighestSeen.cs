namespace CodePool.Internal.Hosting;

/// <summary>The highest lease and epoch numbers this process has ever seen: a store that would give one of them again went back in time.</summary>
internal sealed class HighestSeen
{
    /// <summary>
    /// A recovery raises epoch numbers by 2^20, which nothing else does. Half of it tells: this process may know of epochs that neither the
    /// store nor those who recovered it remembered, and to it the jump is shorter by as many.
    /// </summary>
    private const long RecoveryJump = 1L << 19;

    private readonly Lock _recovering = new();
    private long _lease;
    private long _epoch;

    /// <summary>
    /// Called with the highest epoch from before a recovery that somebody, perhaps another process, has performed: what this process
    /// holds from then may have been leased again.
    /// </summary>
    public Action<long>? OnRecovered { get; set; }

    public long Lease => Interlocked.Read(ref _lease);

    public long Epoch => Interlocked.Read(ref _epoch);

    public void SawLease(long number) => Raise(ref _lease, number);

    public void SawEpoch(long number)
    {
        // Whoever sees the next number of the same recovery must not go on with it before what was confirmed earlier is dropped.
        lock (_recovering)
        {
            long before = Raise(ref _epoch, number);
            if (before > 0 && number - before >= RecoveryJump)
                OnRecovered?.Invoke(before);
        }
    }

    /// <returns>What was the highest before.</returns>
    private static long Raise(ref long highest, long number)
    {
        long seen = Interlocked.Read(ref highest);
        while (number > seen)
        {
            long now = Interlocked.CompareExchange(ref highest, number, seen);
            if (now == seen)
                break;
            seen = now;
        }

        return seen;
    }
}
