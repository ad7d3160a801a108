using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>A store that asks another one; override a member to plant a fault, or to fail on purpose.</summary>
public abstract class DelegatingCodeStore(CodeStore inner) : CodeStore
{
    public override int ConfirmConcurrency => inner.ConfirmConcurrency;

    public override int FillBatchSize => inner.FillBatchSize;

    public override ValueTask<PoolRecord> OpenAsync(PoolDefinition pool, CancellationToken cancellationToken) =>
        inner.OpenAsync(pool, cancellationToken);

    public override ValueTask<FillResult> FillAsync(FillRequest request, CancellationToken cancellationToken) =>
        inner.FillAsync(request, cancellationToken);

    public override ValueTask<Epoch?> OpenEpochAsync(EpochRequest request, CancellationToken cancellationToken) =>
        inner.OpenEpochAsync(request, cancellationToken);

    public override ValueTask<bool> ActivateEpochAsync(Epoch epoch, CancellationToken cancellationToken) =>
        inner.ActivateEpochAsync(epoch, cancellationToken);

    public override ValueTask<bool> BeatAsync(Epoch epoch, CancellationToken cancellationToken) =>
        inner.BeatAsync(epoch, cancellationToken);

    public override ValueTask<bool> CloseEpochAsync(Epoch epoch, EpochCloseReason reason, CancellationToken cancellationToken) =>
        inner.CloseEpochAsync(epoch, reason, cancellationToken);

    public override ValueTask<IReadOnlyList<Epoch>> GetEpochsAsync(CancellationToken cancellationToken) =>
        inner.GetEpochsAsync(cancellationToken);

    public override ValueTask<LeaseResult> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        inner.LeaseAsync(request, cancellationToken);

    public override ValueTask<IReadOnlyList<Lease>> GetOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken) =>
        inner.GetOpenLeasesAsync(epoch, cancellationToken);

    public override ValueTask<IReadOnlyList<long>> ListOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken) =>
        inner.ListOpenLeasesAsync(epoch, cancellationToken);

    public override ValueTask<MarkResult> MarkAsync(Epoch epoch, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken) =>
        inner.MarkAsync(epoch, codes, cancellationToken);

    public override ValueTask<IReadOnlyList<int>> ConfirmAsync(
        Epoch epoch, Guid operation, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken) =>
        inner.ConfirmAsync(epoch, operation, codes, cancellationToken);

    public override ValueTask<SettleResult> SettleAsync(
        Epoch epoch, IReadOnlyList<LeaseSettlement> leases, CancellationToken cancellationToken) =>
        inner.SettleAsync(epoch, leases, cancellationToken);

    public override ValueTask<SettleResult> SettleClosedAsync(Epoch epoch, CancellationToken cancellationToken) =>
        inner.SettleClosedAsync(epoch, cancellationToken);

    public override ValueTask<CodeInfo?> FindAsync(string code, CancellationToken cancellationToken) =>
        inner.FindAsync(code, cancellationToken);

    public override ValueTask<StoreLevels> GetLevelsAsync(CancellationToken cancellationToken) =>
        inner.GetLevelsAsync(cancellationToken);

    public override ValueTask<CodePoolAudit> AuditAsync(CancellationToken cancellationToken) =>
        inner.AuditAsync(cancellationToken);

    public override ValueTask<RecoveryResult> RecoverAsync(RecoveryRequest request, CancellationToken cancellationToken) =>
        inner.RecoverAsync(request, cancellationToken);

    public override ValueTask<int> AdoptAsync(IReadOnlyList<string> codes, CancellationToken cancellationToken) =>
        inner.AdoptAsync(codes, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
