using CodePool.Providers;

namespace CodePool.Tests.Support;

/// <summary>A store that fails as it is told, and counts its calls.</summary>
internal sealed class FaultyStore(CodeStore inner, string pool, StoreFaults faults, int confirmConcurrency = 1) : CodeStore
{
    public override int ConfirmConcurrency => confirmConcurrency;

    public override ValueTask<PoolRecord> OpenAsync(PoolDefinition pool, CancellationToken cancellationToken) =>
        Run("Open", () => inner.OpenAsync(pool, cancellationToken), cancellationToken);

    public override ValueTask<FillResult> FillAsync(FillRequest request, CancellationToken cancellationToken) =>
        Run("Fill", () => inner.FillAsync(request, cancellationToken), cancellationToken);

    public override ValueTask<Epoch?> OpenEpochAsync(EpochRequest request, CancellationToken cancellationToken) =>
        Run("OpenEpoch", () => inner.OpenEpochAsync(request, cancellationToken), cancellationToken);

    public override ValueTask<bool> ActivateEpochAsync(Epoch epoch, CancellationToken cancellationToken) =>
        Run("ActivateEpoch", () => inner.ActivateEpochAsync(epoch, cancellationToken), cancellationToken);

    public override ValueTask<bool> BeatAsync(Epoch epoch, CancellationToken cancellationToken) =>
        Run("Beat", () => inner.BeatAsync(epoch, cancellationToken), cancellationToken);

    public override ValueTask<bool> CloseEpochAsync(Epoch epoch, EpochCloseReason reason, CancellationToken cancellationToken) =>
        Run("CloseEpoch", () => inner.CloseEpochAsync(epoch, reason, cancellationToken), cancellationToken);

    public override ValueTask<IReadOnlyList<Epoch>> GetEpochsAsync(CancellationToken cancellationToken) =>
        Run("GetEpochs", () => inner.GetEpochsAsync(cancellationToken), cancellationToken);

    public override ValueTask<LeaseResult> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        Run("Lease", () => inner.LeaseAsync(request, cancellationToken), cancellationToken);

    public override ValueTask<IReadOnlyList<Lease>> GetOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken) =>
        Run("GetOpenLeases", () => inner.GetOpenLeasesAsync(epoch, cancellationToken), cancellationToken);

    public override ValueTask<IReadOnlyList<long>> ListOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken) =>
        Run("ListOpenLeases", () => inner.ListOpenLeasesAsync(epoch, cancellationToken), cancellationToken);

    public override ValueTask<MarkResult> MarkAsync(Epoch epoch, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken) =>
        Run("Mark", () => inner.MarkAsync(epoch, codes, cancellationToken), cancellationToken);

    public override ValueTask<IReadOnlyList<int>> ConfirmAsync(
        Epoch epoch, Guid operation, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken) =>
        Run("Confirm", () => inner.ConfirmAsync(epoch, operation, codes, cancellationToken), cancellationToken);

    public override ValueTask<SettleResult> SettleAsync(
        Epoch epoch, IReadOnlyList<LeaseSettlement> leases, CancellationToken cancellationToken) =>
        Run("Settle", () => inner.SettleAsync(epoch, leases, cancellationToken), cancellationToken);

    public override ValueTask<SettleResult> SettleClosedAsync(Epoch epoch, CancellationToken cancellationToken) =>
        Run("SettleClosed", () => inner.SettleClosedAsync(epoch, cancellationToken), cancellationToken);

    public override ValueTask<CodeInfo?> FindAsync(string code, CancellationToken cancellationToken) =>
        Run("Find", () => inner.FindAsync(code, cancellationToken), cancellationToken);

    public override ValueTask<StoreLevels> GetLevelsAsync(CancellationToken cancellationToken) =>
        Run("GetLevels", () => inner.GetLevelsAsync(cancellationToken), cancellationToken);

    public override ValueTask<CodePoolAudit> AuditAsync(CancellationToken cancellationToken) =>
        Run("Audit", () => inner.AuditAsync(cancellationToken), cancellationToken);

    public override ValueTask<RecoveryResult> RecoverAsync(RecoveryRequest request, CancellationToken cancellationToken) =>
        Run("Recover", () => inner.RecoverAsync(request, cancellationToken), cancellationToken);

    public override ValueTask<int> AdoptAsync(IReadOnlyList<string> codes, CancellationToken cancellationToken) =>
        Run("Adopt", () => inner.AdoptAsync(codes, cancellationToken), cancellationToken);

    private ValueTask<T> Run<T>(string step, Func<ValueTask<T>> work, CancellationToken cancellationToken)
    {
        faults.Count(step);
        Task before = faults.Before(step).WaitAsync(cancellationToken);
        Fault fault = faults.Choose(step);
        return fault switch
        {
            Fault.AtOnce => throw Unavailable(step),
            Fault.Faulted => ValueTask.FromException<T>(Unavailable(step)),
            Fault.None when before.IsCompletedSuccessfully && faults.After is null => work(),
            _ => LaterAsync(step, fault, before, work),
        };
    }

    private async ValueTask<T> LaterAsync<T>(string step, Fault fault, Task before, Func<ValueTask<T>> work)
    {
        await before;
        if (fault == Fault.AfterYield)
        {
            await Task.Yield();
            throw Unavailable(step);
        }

        T result = await work();
        if (faults.After is { } after)
            await after(step);
        return fault == Fault.ReplyLost ? throw Unavailable(step) : result;
    }

    private CodePoolStoreUnavailableException Unavailable(string step) => new(pool, $"{step} failed, as the test told it.");
}
