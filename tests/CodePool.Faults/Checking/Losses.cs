using CodePool.Faults.Running;

namespace CodePool.Faults.Checking;

/// <summary>Codes that are Used and reached nobody, as the workers know of them.</summary>
/// <param name="Counted">What they counted: an upper bound.</param>
/// <param name="Left">How many of these lay in a process when it stopped: exact.</param>
/// <param name="Uncounted">What the killed can have had, at most: a code on its way to each caller, popped or not written down yet, and what was confirmed ahead.</param>
/// <param name="BeyondAhead">Workers that held more than they may confirm ahead.</param>
/// <param name="NoneAhead">Workers that may confirm ahead and never held any. Where some are killed, their successors may have begun too late for it.</param>
internal sealed record Losses(long Counted, long Left, long Uncounted, int BeyondAhead, int NoneAhead)
{
    public static Losses Of(IReadOnlyList<WorkerProcess> workers) => new(
        workers.Sum(worker => worker.Result?.Undelivered ?? 0),
        workers.Sum(worker => worker.Result?.Left ?? 0),
        workers.Where(worker => worker.IsKilled).Sum(worker => (2L * worker.Settings.Takers) + worker.Settings.ConfirmAhead),
        workers.Count(worker => worker.Result is { } result && result.MostAhead > worker.Settings.ConfirmAhead),
        workers.Any(worker => worker.IsKilled) ? 0 : workers.Count(worker => worker.Settings.ConfirmAhead > 0 && worker.Result is { MostAhead: 0 }));
}
