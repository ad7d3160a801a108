using Microsoft.Extensions.Time.Testing;

namespace CodePool.Redis.Tests.Support;

/// <summary>Waits for conditions that servers and other threads bring about. The limit is for tests that hang; nothing is timed.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task HoldsAsync(Func<bool> condition, string what, FakeTimeProvider? time = null) =>
        HoldsAsync(() => Task.FromResult(condition()), what, time);

    /// <summary>Waits; <paramref name="time"/>, the pool's clock, goes on meanwhile.</summary>
    public static async Task HoldsAsync(Func<Task<bool>> condition, string what, FakeTimeProvider? time = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (!await condition())
        {
            time?.Advance(TimeSpan.FromMilliseconds(100));
            if (limit.IsCancellationRequested)
                throw new TimeoutException($"Waited in vain for {what}.");
            await Task.Delay(5, CancellationToken.None);
        }
    }
}
