using System.Diagnostics;
using CodePool;

namespace QuickStart;

internal static class Taking
{
    private const int ExampleCount = 5;

    /// <summary>Takes codes from concurrent callers. Each is in the file before its caller takes the next.</summary>
    public static async Task<Rates> RunAsync(ICodePool pool, Settings settings, Rates rates, CancellationToken stopping)
    {
        using StreamWriter? file = settings.Out is { } path
            ? new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read)) { AutoFlush = true }
            : null;
        using TextWriter? log = file is null ? null : TextWriter.Synchronized(file);
        var examples = new List<string>();
        int left = settings.Take;
        int taken = 0;

        async Task TakeAsync()
        {
            while (Interlocked.Decrement(ref left) >= 0 && await pool.TryTakeAsync(stopping) is { } code)
            {
                log?.Write(code + "\n");
                if (Interlocked.Increment(ref taken) <= ExampleCount)
                {
                    lock (examples)
                        examples.Add(code);
                }
            }
        }

        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, settings.Callers).Select(_ => Task.Run(TakeAsync, stopping)));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return rates with { Taken = taken == 0 ? null : taken / seconds, Examples = examples, TakenCount = taken };
    }
}
