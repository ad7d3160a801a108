using CodePool.Providers;

namespace CodePool.Internal.InMemory;

/// <summary>
/// A store for tests and try-outs: it forgets everything with its process. It keeps the same records as a database store,
/// and is the model the others are read against: each step below is one transaction.
/// </summary>
internal sealed class InMemoryCodeStore(InMemoryDatabase database, string poolName, TimeProvider time) : CodeStore
{
    public InMemoryCodeStore(string poolName, TimeProvider time)
        : this(new InMemoryDatabase(), poolName, time)
    {
    }

    private DateTimeOffset Now => time.GetUtcNow();

    public override ValueTask<PoolRecord> OpenAsync(PoolDefinition pool, CancellationToken cancellationToken) =>
        Run(() => Opening.Open(database, pool), cancellationToken);

    public override ValueTask<FillResult> FillAsync(FillRequest request, CancellationToken cancellationToken) =>
        Run(() => Filling.Fill(Sound(), request, Now, cancellationToken), cancellationToken);

    public override ValueTask<Epoch?> OpenEpochAsync(EpochRequest request, CancellationToken cancellationToken) =>
        Run(() => Epochs.Open(Sound(), request, Now), cancellationToken);

    public override ValueTask<bool> ActivateEpochAsync(Epoch epoch, CancellationToken cancellationToken) =>
        Run(() => Epochs.Activate(Pool(), epoch), cancellationToken);

    public override ValueTask<bool> BeatAsync(Epoch epoch, CancellationToken cancellationToken) =>
        Run(() => Epochs.Beat(Pool(), epoch), cancellationToken);

    public override ValueTask<bool> CloseEpochAsync(Epoch epoch, EpochCloseReason reason, CancellationToken cancellationToken) =>
        Run(() => Epochs.Close(Pool(), epoch, reason, Now), cancellationToken);

    public override ValueTask<IReadOnlyList<Epoch>> GetEpochsAsync(CancellationToken cancellationToken) =>
        Run(() => Epochs.List(Pool()), cancellationToken);

    public override ValueTask<LeaseResult> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        Run(() => Leasing.Lease(Sound(), request), cancellationToken);

    public override ValueTask<IReadOnlyList<Lease>> GetOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken) =>
        Run(() => Leasing.Untouched(Pool(), Pool().OpenLeases.Where(lease => lease.Token == epoch.Token)), cancellationToken);

    public override ValueTask<IReadOnlyList<long>> ListOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken) =>
        Run<IReadOnlyList<long>>(
            () => [.. Pool().OpenLeases.Where(lease => lease.Token == epoch.Token).Select(lease => lease.Number).Order()], cancellationToken);

    public override ValueTask<MarkResult> MarkAsync(Epoch epoch, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken) =>
        Run(() => Marking.Mark(SameDatabase(), epoch, codes, Now), cancellationToken);

    public override ValueTask<IReadOnlyList<int>> ConfirmAsync(
        Epoch epoch, Guid operation, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken) =>
        Run(() => Confirming.Confirm(Sound(), epoch, operation, codes, Now), cancellationToken);

    public override ValueTask<SettleResult> SettleAsync(
        Epoch epoch, IReadOnlyList<LeaseSettlement> leases, CancellationToken cancellationToken) =>
        Run(() => Settling.Settle(Sound(), epoch, leases), cancellationToken);

    public override ValueTask<SettleResult> SettleClosedAsync(Epoch epoch, CancellationToken cancellationToken) =>
        Run(() => Settling.SettleClosed(Sound(), epoch), cancellationToken);

    public override ValueTask<CodeInfo?> FindAsync(string code, CancellationToken cancellationToken) =>
        Run(
            () => Pool().Codes.Find(code) is { } row
                ? new CodeInfo(Counting.StateOf(Pool(), row), row.CreatedAt, row.UpdatedAt)
                : null,
            cancellationToken);

    public override ValueTask<StoreLevels> GetLevelsAsync(CancellationToken cancellationToken) =>
        Run(() => Counting.Levels(Pool()), cancellationToken);

    public override ValueTask<CodePoolAudit> AuditAsync(CancellationToken cancellationToken) =>
        Run(() => Auditing.Audit(Pool()), cancellationToken);

    public override ValueTask<RecoveryResult> RecoverAsync(RecoveryRequest request, CancellationToken cancellationToken) =>
        Run(() => Recovery.Recover(Pool(), request, database.Identity, Now), cancellationToken);

    public override ValueTask<int> AdoptAsync(IReadOnlyList<string> codes, CancellationToken cancellationToken) =>
        Run(() => Adopting.Adopt(Pool(), codes, Now), cancellationToken);

    /// <summary>One step is one transaction: nobody sees half of it, and each checks before it changes.</summary>
    private ValueTask<T> Run<T>(Func<T> step, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<T>(cancellationToken);
        try
        {
            lock (database.Gate)
                return ValueTask.FromResult(step());
        }
        catch (Exception failure)
        {
            return ValueTask.FromException<T>(failure);
        }
    }

    private PoolState Pool() => database.Find(poolName)
        ?? throw new InvalidOperationException($"Pool '{poolName}': open the store first.");

    /// <summary>The pool, unless this is another database than the one its record names.</summary>
    private PoolState SameDatabase() => Pool() is { } pool && pool.Identity == database.Identity
        ? pool
        : throw new StoreRewoundException(poolName, "the database has another identity");

    /// <summary>The pool, unless it went back in time and nobody has answered that to the end.</summary>
    private PoolState Sound() => SameDatabase() is { Recovering: false } pool
        ? pool
        : throw new StoreRewoundException(poolName, "a recovery has not ended");
}
