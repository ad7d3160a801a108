namespace CodePool.Internal.Hosting;

/// <summary>
/// A cache may answer the look and refuse what it is for: a user who may not pop, a slot that is being moved. Going back at once would be
/// tried again without end, and each time takes would wait for it. So it is left alone, ever longer, once it was gone back to in vain.
/// </summary>
internal sealed class VainReturns(TimeProvider time)
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastRest = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private int _count;
    private long _returned;
    private long _left;
    private Exception? _cause;

    /// <summary>Why the cache was left again and again, as long as nothing shows that it is of use now; null while all is well.</summary>
    public Exception? Doubt(bool inUse)
    {
        lock (_lock)
            return _count > 1 && !(inUse && HasLasted) ? _cause : null;
    }

    public void Returned()
    {
        lock (_lock)
            _returned = time.GetTimestamp();
    }

    /// <summary>A take was served from the cache: the return was not in vain.</summary>
    public void Served()
    {
        // Asked for each pop, and hardly ever so.
        if (Volatile.Read(ref _count) != 0)
            Volatile.Write(ref _count, 0);
    }

    public void Left(Exception cause)
    {
        lock (_lock)
        {
            _count = HasLasted ? 1 : _count + 1;
            (_left, _cause) = (time.GetTimestamp(), cause);
        }
    }

    /// <exception cref="CodePoolException">What the cache was left for: it is to be left alone still.</exception>
    public void ThrowIfResting()
    {
        lock (_lock)
        {
            if (_count > 1 && time.GetElapsedTime(_left) < Rest)
                throw _cause!;
        }
    }

    /// <summary>A cache that serves no take, because there is none, shows by this that it can be used.</summary>
    private bool HasLasted => time.GetElapsedTime(_returned) > LastRest;

    private TimeSpan Rest => TimeSpan.FromTicks(Math.Min(FirstRest.Ticks << Math.Min(_count - 2, 10), LastRest.Ticks));
}
