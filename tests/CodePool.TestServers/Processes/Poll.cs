namespace CodePool.TestServers;

/// <summary>Waits for what a server does by itself. The limit is for servers that hang; nothing is timed.</summary>
internal static class Poll
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Limit)
                throw new TimeoutException($"Waited in vain for {what}.");
            await Task.Delay(Pause);
        }
    }
}
