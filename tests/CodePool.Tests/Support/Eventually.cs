using Microsoft.Extensions.Time.Testing;

namespace CodePool.Tests.Support;

/// <summary>Waits for conditions that other threads bring about. The limit is for tests that hang; nothing is timed.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task HoldsAsync(Func<bool> condition) => HoldsAsync(() => ValueTask.FromResult(condition()), null);

    /// <summary>The same, while the pool's clock goes on.</summary>
    public static Task HoldsAsync(Func<bool> condition, FakeTimeProvider time) =>
        HoldsAsync(() => ValueTask.FromResult(condition()), time);

    public static async Task HoldsAsync(Func<ValueTask<bool>> condition, FakeTimeProvider? time)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        while (!await condition())
        {
            time?.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1, limit.Token);
        }
    }

    /// <summary>The task's outcome, while the pool's clock goes on.</summary>
    public static async Task<T> CompletesAsync<T>(Task<T> task, FakeTimeProvider time)
    {
        await HoldsAsync(() => task.IsCompleted, time);
        return await task;
    }

    public static Task<T> CompletesAsync<T>(Task<T> task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task CompletesAsync(Task task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);
}
