using Microsoft.Extensions.Time.Testing;

namespace CodePool.Postgres.Tests.Support;

/// <summary>A clock that says whether somebody has begun to wait.</summary>
internal sealed class ObservedTime : FakeTimeProvider
{
    private int _timers;

    /// <summary>How many waits were begun.</summary>
    public int Timers => Volatile.Read(ref _timers);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        Interlocked.Increment(ref _timers);
        return timer;
    }
}
