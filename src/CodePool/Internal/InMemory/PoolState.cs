using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>The records of one pool. Whoever reads or changes them holds the database's lock.</summary>
internal sealed class PoolState(PoolDefinition definition, string identity)
{
    public PoolDefinition Definition { get; } = definition;

    public Guid Id { get; private init; } = Guid.NewGuid();

    /// <summary>The database this pool was last known to live in.</summary>
    public string Identity { get; set; } = identity;

    public bool Recovering { get; set; }

    /// <summary>The first epoch number after the last recovery; 0 when there was none.</summary>
    public long RecoveredEpoch { get; set; }

    /// <summary>The current shared epoch; 0 when there is none.</summary>
    public long CurrentEpoch { get; set; }

    public long FilledTo { get; set; }

    public long LeasedTo { get; set; }

    public long NextLease { get; set; } = 1;

    public long NextEpoch { get; set; } = 1;

    public long SettledUsed { get; set; }

    public long SettledUnconfirmed { get; set; }

    public long SettledVoid { get; set; }

    public CodeTable Codes { get; private init; } = new();

    public List<LeaseRow> Leases { get; private init; } = [];

    public RangeList Returned { get; private init; } = new();

    public SortedDictionary<long, EpochRow> Epochs { get; private init; } = [];

    public Dictionary<EpochCloseReason, long> Burned { get; private init; } = [];

    public long Available => FilledTo - LeasedTo + Returned.Count;

    public IEnumerable<LeaseRow> OpenLeases => Leases.Where(lease => lease.IsOpen);

    public void Burn(EpochCloseReason reason, long codes)
    {
        if (codes > 0)
            Burned[reason] = Burned.GetValueOrDefault(reason) + codes;
    }

    public PoolState Copy() => new(Definition, Identity)
    {
        Id = Id,
        Recovering = Recovering,
        RecoveredEpoch = RecoveredEpoch,
        CurrentEpoch = CurrentEpoch,
        FilledTo = FilledTo,
        LeasedTo = LeasedTo,
        NextLease = NextLease,
        NextEpoch = NextEpoch,
        SettledUsed = SettledUsed,
        SettledUnconfirmed = SettledUnconfirmed,
        SettledVoid = SettledVoid,
        Codes = Codes.Copy(),
        Leases = [.. Leases],
        Returned = Returned.Copy(),
        Epochs = new(Epochs),
        Burned = new(Burned),
    };
}
