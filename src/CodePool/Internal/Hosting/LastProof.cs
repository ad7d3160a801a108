namespace CodePool.Internal.Hosting;

/// <summary>
/// Until when this process may hand out codes that it has confirmed: <see cref="CodePoolOptions.EpochTimeout"/> from its last request that the
/// store answered in a way which a recovery rules out. That is a beat, a lease or a claim of an epoch that it works in.
/// </summary>
/// <remarks>
/// A recovery closes every epoch and forgets every lease, so no epoch or lease from before it gets such an answer after it. One from after it
/// has a number that jumped, and <see cref="HighestSeen"/> has dropped what was confirmed before by the time that anything is asked with it. So
/// codes that have not been dropped are handed out for one EpochTimeout after a recovery at most, also by a process that never hears
/// of it: an operator who waits that long may let the store draw them again.
/// </remarks>
internal sealed class LastProof(string pool, TimeSpan validity, TimeProvider time)
{
    private readonly long _validity = (long)(validity.TotalSeconds * time.TimestampFrequency);
    private long _validUntil = long.MinValue;

    /// <summary>Called after each proof.</summary>
    public Action? OnProved { get; set; }

    /// <summary>A test takes it away, to show what it stands against.</summary>
    public bool IsNeeded { get; set; } = true;

    /// <summary>Whether what is confirmed may be handed out now. On this process's own monotonic clock: no two clocks are compared.</summary>
    public bool IsRecent => !IsNeeded || time.GetTimestamp() < Volatile.Read(ref _validUntil);

    /// <summary>Why codes that are there are not handed out.</summary>
    public CodePoolStoreUnavailableException Overdue() => new(
        pool, $"codes are confirmed, but the store has not answered within EpochTimeout ({validity}): its database may have gone back in time, and have drawn them again.");

    /// <summary>Called before a request is sent: when its answer comes says nothing of when it was true.</summary>
    public long Begin() => time.GetTimestamp();

    /// <summary>The store has answered a request, and no recovery was before the request.</summary>
    /// <param name="begun">From <see cref="Begin"/>, before the first attempt.</param>
    public void Prove(long begun)
    {
        // Answers may come in another order than their requests went.
        long until = begun + _validity;
        long before = Volatile.Read(ref _validUntil);
        while (before < until && Interlocked.CompareExchange(ref _validUntil, until, before) is var seen && seen != before)
            before = seen;
        OnProved?.Invoke();
    }
}
