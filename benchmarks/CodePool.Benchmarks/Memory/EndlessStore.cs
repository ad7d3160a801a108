using CodePool.Providers;

namespace CodePool.Benchmarks.Memory;

/// <summary>A store that always has codes and costs next to nothing: what is measured is the way from the cache to the caller.</summary>
internal sealed class EndlessStore(string[] codes) : CodeStore
{
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
        new(new Epoch(1, request.Token, request.Kind, request.CacheIdentity, CodeConsistency.Journaled, EpochState.Open, 0));

    public override async ValueTask<LeaseResult> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        await _open.Task;
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

    public override ValueTask<IReadOnlyList<Epoch>> GetEpochsAsync(CancellationToken cancellationToken) => new([]);

    public override ValueTask<IReadOnlyList<Lease>> GetOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken) => new([]);

    public override ValueTask<IReadOnlyList<long>> ListOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken) => new([]);

    public override ValueTask<bool> ActivateEpochAsync(Epoch epoch, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<IReadOnlyList<int>> ConfirmAsync(
        Epoch epoch, Guid operation, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<SettleResult> SettleClosedAsync(Epoch epoch, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<CodeInfo?> FindAsync(string code, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<CodePoolAudit> AuditAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<RecoveryResult> RecoverAsync(RecoveryRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<int> AdoptAsync(IReadOnlyList<string> codes, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }
}
