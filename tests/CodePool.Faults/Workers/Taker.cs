using System.Diagnostics;

namespace CodePool.Faults.Workers;

/// <summary>The tasks of one worker that take, at most so many a second, until they are told to stop.</summary>
internal sealed class Taker(ICodePool pool, TakeLog log, WorkerSettings settings)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly long _start = Stopwatch.GetTimestamp();
    private long _taken;
    private long _failures;
    private volatile bool _stopped;

    public long Failures => Interlocked.Read(ref _failures);

    public void Stop() => _stopped = true;

    public Task RunAsync() => Task.WhenAll(Enumerable.Range(0, settings.Takers).Select(_ => Task.Run(TakeAsync)));

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
            string? code = await pool.TryTakeAsync();
            if (code is not null)
                Interlocked.Increment(ref _taken);
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
