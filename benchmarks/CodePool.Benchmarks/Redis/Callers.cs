using System.Diagnostics;
using System.Globalization;
using CodePool.Benchmarks.Ratios;

namespace CodePool.Benchmarks.Redis;

/// <summary>Callers who take one after the other, and what they waited.</summary>
internal static class Callers
{
    /// <param name="callers">How many at once.</param>
    /// <param name="codes">Codes to take in all.</param>
    /// <param name="take">One take; says how many codes it brought.</param>
    public static async Task<Measured> TimeAsync(int callers, int codes, Func<Task<int>> take)
    {
        int left = codes;
        var waits = new List<double>[callers];
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            List<double> mine = waits[caller] = new(codes / callers * 2);
            while (Volatile.Read(ref left) > 0)
            {
                long begin = Stopwatch.GetTimestamp();
                int taken = await take();
                mine.Add(Stopwatch.GetElapsedTime(begin).TotalMicroseconds);
                if (taken == 0)
                    throw new InvalidOperationException("The cache ran empty: the comparison is void.");
                Interlocked.Add(ref left, -taken);
            }
        })));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double[] all = [.. waits.SelectMany(mine => mine).Order()];
        return new Measured(codes - left, seconds, string.Create(
            CultureInfo.InvariantCulture, $"p50 {all[all.Length / 2]:F0} µs, p99 {all[all.Length * 99 / 100]:F0} µs"));
    }
}
