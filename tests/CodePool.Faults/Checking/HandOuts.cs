using System.Diagnostics;
using System.Globalization;
using CodePool.Faults.Running;

namespace CodePool.Faults.Checking;

/// <summary>What the workers' callers got, from all logs together.</summary>
internal sealed class HandOuts
{
    private const long NotYet = -2, Never = -1;

    private readonly HashSet<string> _codes = new(StringComparer.Ordinal);

    public IReadOnlySet<string> Codes => _codes;

    public long Count { get; private set; }

    public long Duplicates => Count - _codes.Count;

    /// <summary>From the fault to the end of the first take that began after it, in the worker that waited longest; -1: it never came. Workers that had
    /// no code before the fault are left out: a process that is just starting has waited for itself.</summary>
    public long ResumedAfterMs { get; private set; } = NotYet;

    /// <summary>The longest time in which a worker handed out nothing, from its first code to its last.</summary>
    public long LongestPauseMs { get; private set; }

    public static HandOuts Read(FaultRun run)
    {
        var all = new HandOuts();
        foreach (WorkerProcess worker in run.AllWorkers)
            all.Read(worker, run.FaultAt);
        return all;
    }

    private void Read(WorkerProcess worker, long faultAt)
    {
        long resumed = long.MaxValue, first = long.MaxValue, last = 0;
        foreach (string line in File.ReadLines(worker.Settings.Log))
        {
            string[] fields = line.Split(' ');
            Count++;
            _codes.Add(fields[2]);
            long began = long.Parse(fields[0], CultureInfo.InvariantCulture), ended = long.Parse(fields[1], CultureInfo.InvariantCulture);
            first = Math.Min(first, ended);
            if (began >= faultAt)
                resumed = Math.Min(resumed, ended);
            if (last > 0)
                LongestPauseMs = Math.Max(LongestPauseMs, (long)Stopwatch.GetElapsedTime(last, ended).TotalMilliseconds);
            last = ended;
        }

        if (worker.IsKilled || worker.EndedBefore(faultAt) || first > faultAt || ResumedAfterMs == Never)
            return;
        ResumedAfterMs = resumed == long.MaxValue ? Never : Math.Max(ResumedAfterMs, (long)Stopwatch.GetElapsedTime(faultAt, resumed).TotalMilliseconds);
    }
}
