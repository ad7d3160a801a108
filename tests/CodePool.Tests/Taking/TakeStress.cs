using System.Collections.Concurrent;

namespace CodePool.Tests.Taking;

/// <summary>
/// Callers who want few or many, wait or leave, against a source of every mood; then the books: each code the source gave has reached one
/// caller, or still waits for one.
/// </summary>
internal sealed class TakeStress(int seed, Func<int, CancellationToken, ValueTask<IReadOnlyList<string>>> take, MoodySource source)
{
    private const int Callers = 48;
    private const int Rounds = 60;

    private readonly ConcurrentBag<string> _taken = [];

    /// <summary>How many takes have ended, so that a test can step in on the way.</summary>
    public int Ended => _ended;

    public int Taken => _taken.Count;

    private int _ended;

    /// <param name="limit">How long the callers may take.</param>
    /// <param name="end">Ends the queue when its turns have ended, and returns how many codes are left in it.</param>
    /// <param name="token">Cancels.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public async Task<string?> FindFaultAsync(TimeSpan limit, Func<Task<int>> end, CancellationToken token)
    {
        if (!await RunAsync(limit, token))
            return "hangs";

        // Some that were claimed for callers who have gone reach one now; for others there may be a turn under way still.
        source.HasRunOut = true;
        if (!await EndsAsync(TakeAsync(1_000, token), limit, token))
            return "hangs";
        long accounted = await end() + _taken.Count;
        return TakenTwice || accounted > source.Taken ? "twice" : accounted < source.Taken ? "lost" : null;
    }

    public bool TakenTwice => _taken.Distinct().Count() < _taken.Count;

    /// <returns>Whether every caller came back.</returns>
    public Task<bool> RunAsync(TimeSpan limit, CancellationToken token) => EndsAsync(
        Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(new Random(seed + caller)), token))), limit, token);

    private static async Task<bool> EndsAsync(Task task, TimeSpan limit, CancellationToken token)
    {
        try
        {
            await task.WaitAsync(limit, token);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task CallAsync(Random random)
    {
        for (int round = 0; round < Rounds; round++)
        {
            using var cancel = new CancellationTokenSource();
            Task taking = TakeAsync(random.Next(10) == 0 ? 40 : 1 + random.Next(2) * random.Next(4), cancel.Token);
            for (int yields = random.Next(3); yields > 0; yields--)
                await Task.Yield();
            if (random.Next(3) == 0)
                await cancel.CancelAsync();
            await taking;
        }
    }

    private async Task TakeAsync(int count, CancellationToken token)
    {
        try
        {
            foreach (string code in await take(count, token))
                _taken.Add(code);
        }
        catch (Exception expected) when (expected is OperationCanceledException or CodePoolException)
        {
            // The caller has nothing: whatever was claimed for it is to reach another.
        }

        Interlocked.Increment(ref _ended);
    }
}
