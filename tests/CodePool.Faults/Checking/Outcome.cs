namespace CodePool.Faults.Checking;

/// <summary>What one run found.</summary>
internal sealed record Outcome(HandOuts HandOuts, StoreContents Store, Losses Losses, long Failures, bool IsQuiet, long OtherFaults)
{
    private const int LongestPauseMs = 2_000;

    /// <summary>Codes nobody can account for.</summary>
    public long Unaccounted(bool losesJournal) =>
        Store.Unknown + Store.Leaked + (losesJournal ? Store.BurnedUnnoticed : Store.Unconfirmed) + OtherFaults;

    public IEnumerable<string> Wrong(bool losesJournal)
    {
        if (HandOuts.Duplicates > 0)
            yield return $"{HandOuts.Duplicates} codes handed out twice";
        if (Store.Unknown > 0)
            yield return $"{Store.Unknown} codes handed out that the store has not as Used";
        if (Store.Unconfirmed > 0 && !losesJournal)
            yield return $"{Store.Unconfirmed} codes handed out are Unconfirmed, though no journal was lost";
        if (Store.BurnedUnnoticed > 0)
            yield return $"{Store.BurnedUnnoticed} codes became Unconfirmed in an epoch that was open";
        if (Store.Leaked > 0)
            yield return $"{Store.Leaked} codes are leased and lie nowhere";
        if (OtherFaults > 0)
            yield return $"{OtherFaults} other faults";
        if (!Store.Audit.IsExact)
            yield return $"the audit is not exact: {string.Join("; ", Store.Audit.Findings)}";
        if (Store.Burned != Store.Audit.Unconfirmed + Store.MarkedLate)
            yield return $"{Store.Burned} burned by the store's count, but {Store.Audit.Unconfirmed} are Unconfirmed and {Store.MarkedLate} were marked late";
        if (Store.Undelivered < Losses.Left || Store.Undelivered > Losses.Counted + Losses.Uncounted)
            yield return $"{Store.Undelivered} codes are Used and were delivered to nobody, which does not fit {Losses}";
        if (Losses.BeyondAhead > 0)
            yield return $"{Losses.BeyondAhead} workers confirmed more ahead than they may";
        if (Losses.NoneAhead > 0)
            yield return $"{Losses.NoneAhead} workers confirmed nothing ahead";
        if (!IsQuiet)
            yield return "not everything was settled in time";
        if (HandOuts.ResumedAfterMs is < 0 or > LongestPauseMs)
            yield return $"hand-out went on after {HandOuts.ResumedAfterMs} ms";
    }

    public override string ToString() =>
        $"{HandOuts.Count} handed out, {HandOuts.Duplicates} twice, {Store.Used} Used, {Store.Unconfirmed} Unconfirmed, {Store.Unknown} unknown, "
        + $"{Store.Leaked} leaked; {Store.Audit.Unconfirmed} burned ({Store.MarkedLate} marked late), {Store.Undelivered} undelivered ({Losses.Left} left, {Losses.Counted} counted, {Losses.Uncounted} may have died uncounted); "
        + $"{Failures} takes failed, resumed after {HandOuts.ResumedAfterMs} ms, longest pause {HandOuts.LongestPauseMs} ms, other {OtherFaults}{(IsQuiet ? "" : ", not quiet")}";
}
