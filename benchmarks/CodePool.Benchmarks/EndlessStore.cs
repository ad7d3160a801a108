using CodePool.Providers;

namespace CodePool.Benchmarks;

/// <summary>
/// A store that always has codes, remembers none, and costs next to nothing: what is measured is the way from the cache to the caller. (Of the
/// millions of rows that the store in memory keeps, the collector would take a sixth of the time of takes from Redis.)
/// </summary>
/// <param name="next">The codes of a lease, whatever size was asked for.</param>
internal sealed class EndlessStore(Func<string[]> next) : CodeStore
{
    private readonly List<Epoch> _epochs = [];
    private int _epoch;
    private long _lease;
    private long _number = 1;
    private volatile TaskCompletionSource _open = Opened();

    /// <summary>Lets leases and marks wait: what is measured then are takes from a full cache, and nothing beside them.</summary>
    public void Pause() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume() => _open.TrySetResult();

    public override ValueTask<PoolRecord> OpenAsync(PoolDefinition pool, CancellationToken cancellationToken) =>
        new(new PoolRecord(Guid.NewGuid(), 0, false));

    public override ValueTask<FillResult> FillAsync(FillRequest request, CancellationToken cancellationToken) =>
        new(new FillResult(0, 0, request.Target, request.Target));

    public override ValueTask<Epoch?> OpenEpochAsync(EpochRequest request, CancellationToken cancellationToken) =>
        new(Keep(new Epoch(
            Interlocked.Increment(ref _epoch), request.Token, request.Kind, request.CacheIdentity, CodeConsistency.Journaled,
            request.Kind == EpochKind.Process ? EpochState.Open : EpochState.Opening, 0)));

    public override ValueTask<bool> ActivateEpochAsync(Epoch epoch, CancellationToken cancellationToken)
    {
        Keep(epoch with { State = EpochState.Open });
        return new(true);
    }

    public override async ValueTask<LeaseResult> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        await _open.Task;
        string[] codes = next();
        var lease = new Lease(++_lease, _number, codes);
        _number += codes.Length;
        return new LeaseResult(LeaseOutcome.Leased, [lease], long.MaxValue);
    }

    public override async ValueTask<MarkResult> MarkAsync(Epoch epoch, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken)
    {
        await _open.Task;
        return new MarkResult(codes.Count, 0, []);
    }

    public override ValueTask<SettleResult> SettleAsync(
        Epoch epoch, IReadOnlyList<LeaseSettlement> leases, CancellationToken cancellationToken) => new(default(SettleResult));

    public override ValueTask<StoreLevels> GetLevelsAsync(CancellationToken cancellationToken) =>
        new(new StoreLevels(0, int.MaxValue, 0, 0, 0, 0, new Dictionary<EpochCloseReason, long>()));

    public override ValueTask<bool> BeatAsync(Epoch epoch, CancellationToken cancellationToken) => new(true);

    public override ValueTask<bool> CloseEpochAsync(Epoch epoch, EpochCloseReason reason, CancellationToken cancellationToken) => new(true);

    public override ValueTask<IReadOnlyList<Epoch>> GetEpochsAsync(CancellationToken cancellationToken)
    {
        lock (_epochs)
            return new([.. _epochs]);
    }

    public override ValueTask<IReadOnlyList<Lease>> GetOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken) => new([]);

    public override ValueTask<IReadOnlyList<long>> ListOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken) => new([]);

    public override ValueTask<IReadOnlyList<int>> ConfirmAsync(
        Epoch epoch, Guid operation, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<SettleResult> SettleClosedAsync(Epoch epoch, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<CodeInfo?> FindAsync(string code, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<CodePoolAudit> AuditAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<RecoveryResult> RecoverAsync(RecoveryRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<int> AdoptAsync(IReadOnlyList<string> codes, CancellationToken cancellationToken) => throw new NotSupportedException();

    private Epoch Keep(Epoch epoch)
    {
        lock (_epochs)
        {
            _epochs.RemoveAll(known => known.Token == epoch.Token);
            _epochs.Add(epoch);
        }

        return epoch;
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }
}
