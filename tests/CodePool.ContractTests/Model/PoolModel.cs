using CodePool.Providers;

namespace CodePool.ContractTests.Model;

/// <summary>A pool as a dictionary of states: what a store must amount to, in the plainest way.</summary>
public sealed class PoolModel(CodeConsistency consistency)
{
    public SortedDictionary<long, ModelCode> Codes { get; } = [];

    public List<ModelEpoch> Epochs { get; } = [];

    public List<ModelLease> Leases { get; } = [];

    public Dictionary<EpochCloseReason, long> Burned { get; } = [];

    /// <summary>Numbers handed out: none may come twice.</summary>
    public HashSet<long> HandedOut { get; } = [];

    public bool Recovering { get; private set; }

    public long RecoveredEpoch { get; private set; }

    public long NextEpoch { get; private set; } = 1;

    public long CurrentEpoch { get; private set; }

    public bool IsConfirmed => consistency == CodeConsistency.Confirmed;

    public long Count(CodeState state) => Codes.Values.LongCount(code => code.State == state);

    public ModelCode? Find(string code) => Codes.Values.FirstOrDefault(known => known.Code == code);

    public void Add(string code, CodeState state = CodeState.Available) =>
        Codes.Add(Codes.Count + 1, new ModelCode(Codes.Count + 1, code) { State = state });

    public void Open(Epoch epoch)
    {
        NextEpoch++;
        if (epoch.Kind == EpochKind.Redis)
        {
            Close(Epochs.Find(known => known.Epoch.Number == CurrentEpoch), EpochCloseReason.Replaced);
            CurrentEpoch = epoch.Number;
        }

        Epochs.Add(new ModelEpoch(epoch));
    }

    public void Close(ModelEpoch? epoch, EpochCloseReason reason)
    {
        if (epoch is not { IsOpen: true })
            return;
        epoch.Reason = reason;
        if (epoch.Epoch.Number == CurrentEpoch)
            CurrentEpoch = 0;
    }

    /// <summary>What a lease must bring: the lowest numbers that are available.</summary>
    public IReadOnlyList<ModelCode> NextAvailable(int count) =>
        [.. Codes.Values.Where(code => code.State == CodeState.Available).Take(count)];

    public void Lease(Lease lease, ModelEpoch epoch, Guid operation)
    {
        var record = new ModelLease(lease, epoch, operation);
        Leases.Add(record);
        for (long number = lease.First; number <= lease.Last; number++)
            (Codes[number].State, Codes[number].Lease) = (CodeState.Leased, record);
    }

    /// <summary>Ends a lease; whether an open code of it is returned is the caller's to say.</summary>
    public (long Returned, long Unconfirmed) Settle(ModelLease lease, long unseenFrom)
    {
        lease.IsOpen = false;
        long returned = 0, unconfirmed = 0;
        foreach (ModelCode code in Codes.Values.Where(code => code.State == CodeState.Leased && code.Lease == lease))
        {
            bool free = IsConfirmed || code.Number >= unseenFrom;
            (code.State, code.Lease) = free ? (CodeState.Available, null) : (CodeState.Unconfirmed, lease);
            (returned, unconfirmed) = free ? (returned + 1, unconfirmed) : (returned, unconfirmed + 1);
        }

        EpochCloseReason reason = lease.Epoch.IsOpen ? EpochCloseReason.Stopped : lease.Epoch.Reason;
        Burned[reason] = Burned.GetValueOrDefault(reason) + unconfirmed;
        return (returned, unconfirmed);
    }

    /// <summary>Answers a rewind; returns how many codes it burns.</summary>
    public long Recover(RecoveryRequest request)
    {
        Epochs.ForEach(epoch => Close(epoch, EpochCloseReason.Recovered));
        Leases.ForEach(lease => lease.IsOpen = false);
        long burned = Count(CodeState.Available) + Count(CodeState.Leased);
        foreach (ModelCode code in Codes.Values.Where(code => code.State != CodeState.Used))
            (code.State, code.Recovered) = (CodeState.Unconfirmed, true);
        Burned[EpochCloseReason.Recovered] = Burned.GetValueOrDefault(EpochCloseReason.Recovered) + burned;
        NextEpoch = RecoveredEpoch = Math.Max(NextEpoch, Math.Max(request.HighestKnownEpoch, request.EvidenceEpoch)) + (1L << 20);
        Recovering = !request.Resume;
        return burned;
    }
}
