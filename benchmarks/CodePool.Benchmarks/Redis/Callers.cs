using System.Diagnostics;
using System.Globalization;
using CodePool.Benchmarks.Ratios;

namespace CodePool.Benchmarks.Redis;

/// <summary>Callers who take one after the other, and what they waited. A caller is one async loop that reads the clock once a take: what it costs, it costs every variant.</summary>
internal static class Callers
{
    /// <param name="callers">How many at once.</param>
    /// <param name="codes">Codes to take in all.</param>
    /// <param name="take">One take.</param>
    /// <param name="count">How many codes it brought.</param>
    public static async Task<Measured> TimeAsync<T>(int callers, int codes, Func<ValueTask<T>> take, Func<T, int> count)
    {
        int left = codes;
        var waits = new List<long>[callers];
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            List<long> mine = waits[caller] = new(codes / callers * 2);
            long begin = Stopwatch.GetTimestamp();
            while (Volatile.Read(ref left) > 0)
            {
                int taken = count(await take());
                long end = Stopwatch.GetTimestamp();
                mine.Add(end - begin);
                begin = end;
                if (taken == 0)
                    throw new InvalidOperationException("The cache ran empty: the comparison is void.");
                Interlocked.Add(ref left, -taken);
            }
        })));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long[] all = [.. waits.SelectMany(mine => mine).Order()];
        return new Measured(codes - left, seconds, string.Create(
            CultureInfo.InvariantCulture, $"p50 {Microseconds(all[all.Length / 2]):F0} µs, p99 {Microseconds(all[all.Length * 99 / 100]):F0} µs"));
    }

    private static double Microseconds(long ticks) => Stopwatch.GetElapsedTime(0, ticks).TotalMicroseconds;
}
