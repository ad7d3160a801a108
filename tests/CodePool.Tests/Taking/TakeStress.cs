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

    /// <returns>What is wrong; null when nothing is.</returns>
    public async Task<string?> FindFaultAsync(TimeSpan limit, CancellationToken token)
    {
        if (!await RunAsync(limit, token))
            return "hangs";
        source.HasRunOut = true;
        int before;
        do
        {
            before = _taken.Count;
            await TakeAsync(1_000, token);
        }
        while (_taken.Count > before);
        return TakenTwice ? "twice" : _taken.Count == source.Taken ? null : "lost";
    }

    public bool TakenTwice => _taken.Distinct().Count() < _taken.Count;

    /// <returns>Whether every caller came back.</returns>
    public async Task<bool> RunAsync(TimeSpan limit, CancellationToken token)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(new Random(seed + caller)), token)))
                .WaitAsync(limit, token);
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
