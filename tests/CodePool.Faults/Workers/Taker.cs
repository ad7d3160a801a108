using System.Diagnostics;
using CodePool.Internal.Hosting;

namespace CodePool.Faults.Workers;

/// <summary>The tasks of one worker that take, at most so many a second, until they are told to stop.</summary>
internal sealed class Taker(PoolRuntime pool, TakeLog log, WorkerSettings settings)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private long _start;
    private long _taken;
    private long _failures;
    private volatile int _mostAhead;
    private volatile bool _stopped;

    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>The most confirmed codes seen that waited for a caller.</summary>
    public int MostAhead => _mostAhead;

    public void Stop() => _stopped = true;

    public Task RunAsync()
    {
        (_stopped, _taken, _start) = (false, 0, Stopwatch.GetTimestamp());
        return Task.WhenAll(Enumerable.Range(0, settings.Takers).Select(_ => Task.Run(TakeAsync)));
    }

    private async Task TakeAsync()
    {
        while (!_stopped)
        {
            if (Interlocked.Read(ref _taken) > Stopwatch.GetElapsedTime(_start).TotalSeconds * settings.Rate)
            {
                await Task.Delay(Pause);
                continue;
            }

            long began = Stopwatch.GetTimestamp();
            if (await TryTakeAsync() is { } code)
                log.Write(began, Stopwatch.GetTimestamp(), code);
            else
                await Task.Delay(Pause);
        }
    }

    private async ValueTask<string?> TryTakeAsync()
    {
        try
        {
            string? code = await pool.Pool.TryTakeAsync();
            if (code is not null)
                Interlocked.Increment(ref _taken);

            // A look that loses a race with another is made again by the next take.
            if (pool.Queue.Undelivered is var ahead && ahead > _mostAhead)
                _mostAhead = ahead;
            return code;
        }
        catch (CodePoolException failure)
        {
            if (Interlocked.Increment(ref _failures) == 1)
                await Console.Error.WriteLineAsync($"first failed take: {failure}");
            return null;
        }
    }
}
