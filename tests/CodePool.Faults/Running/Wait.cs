using System.Diagnostics;

namespace CodePool.Faults.Running;

/// <summary>Waits for a condition; the limit is for what never comes.</summary>
internal static class Wait
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <returns>Whether it came.</returns>
    public static async Task<bool> UntilAsync(Func<Task<bool>> condition, TimeSpan limit)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
                return false;
            await Task.Delay(Pause);
        }

        return true;
    }

    public static Task ForAsync(Func<bool> condition, TimeSpan limit, string what) => ForAsync(() => Task.FromResult(condition()), limit, what);

    public static async Task ForAsync(Func<Task<bool>> condition, TimeSpan limit, string what)
    {
        if (!await UntilAsync(condition, limit))
            throw new TimeoutException($"Waited in vain for {what}.");
    }
}
