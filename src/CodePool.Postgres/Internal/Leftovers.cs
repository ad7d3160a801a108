namespace CodePool.Postgres.Internal;

/// <summary>What is left of leases that are settled, cut into exact runs.</summary>
internal sealed class Leftovers
{
    private (long Lease, bool Unseen)? _last;

    /// <summary>Runs that go back to Available.</summary>
    public List<NumberRun> Returned { get; } = [];

    /// <summary>Runs that become Unconfirmed, with their lease.</summary>
    public List<(long Lease, NumberRun Run)> Unconfirmed { get; } = [];

    public long ReturnedCount { get; private set; }

    public long UnconfirmedCount { get; private set; }

    public long Used { get; private set; }

    public long Void { get; private set; }

    /// <summary>The next code, ascending by lease and number.</summary>
    public void Add(long lease, long number, short status, long unseenFrom)
    {
        if (status != 0)
        {
            Used += status == 1 ? 1 : 0;
            Void += status == 2 ? 1 : 0;
            return;
        }

        bool unseen = number >= unseenFrom;
        bool joins = _last == (lease, unseen);
        _last = (lease, unseen);
        if (unseen)
        {
            ReturnedCount++;
            if (joins && Returned[^1].Last == number - 1)
                Returned[^1] = Returned[^1] with { Last = number };
            else
                Returned.Add(new NumberRun(number, number));
        }
        else
        {
            UnconfirmedCount++;
            if (joins && Unconfirmed[^1].Run.Last == number - 1)
                Unconfirmed[^1] = (lease, Unconfirmed[^1].Run with { Last = number });
            else
                Unconfirmed.Add((lease, new NumberRun(number, number)));
        }
    }
}
