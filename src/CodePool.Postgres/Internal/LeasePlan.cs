namespace CodePool.Postgres.Internal;

/// <summary>Which numbers a lease takes: returned runs first, lowest first, then the cursor is advanced.</summary>
/// <param name="Runs">What is leased, one lease each.</param>
/// <param name="Taken">Returned runs that are used up or cut.</param>
/// <param name="Kept">What is left of the one that was cut.</param>
/// <param name="LeasedTo">The cursor afterwards.</param>
internal sealed record LeasePlan(List<NumberRun> Runs, List<NumberRun> Taken, NumberRun? Kept, long LeasedTo)
{
    public long Count => Runs.Sum(run => run.Count);

    public static LeasePlan Make(LeaseLock locked, long wanted)
    {
        var runs = new List<NumberRun>();
        var taken = new List<NumberRun>();
        NumberRun? kept = null;
        foreach (NumberRun run in locked.Returned.TakeWhile(_ => wanted > 0))
        {
            NumberRun head = run with { Last = Math.Min(run.Last, run.First + wanted - 1) };
            runs.Add(head);
            taken.Add(run);
            wanted -= head.Count;
            if (head.Last < run.Last)
                kept = new NumberRun(head.Last + 1, run.Last);
        }

        long fresh = Math.Min(wanted, locked.FilledTo - locked.LeasedTo);
        if (fresh > 0)
            runs.Add(new NumberRun(locked.LeasedTo + 1, locked.LeasedTo + fresh));
        return new LeasePlan(runs, taken, kept, locked.LeasedTo + Math.Max(0, fresh));
    }
}
