namespace CodePool.Providers;

/// <summary>
/// The durable pool, the only owner of truth: one instance serves one pool. Derive from it to put codes into another database.
/// </summary>
/// <remarks>
/// <para>Every member is one short transaction, safe against any number of other processes, and forces its own durability
/// (a fill need not). Locks are taken in the order fill, epochs, leases, codes, pool, returned, and never upgraded.</para>
/// <para>A failure that may pass is a <see cref="CodePoolStoreUnavailableException"/>; one that a person must mend is a
/// <see cref="CodePoolConfigurationException"/>; a database that went back in time is a <see cref="StoreRewoundException"/>.
/// The contract suite in <c>tests/CodePool.ContractTests</c> holds every store to the same behaviour.</para>
/// </remarks>
public abstract class CodeStore : IAsyncDisposable
{
    /// <summary>How many confirming transactions of one process may usefully run at once.</summary>
    public virtual int ConfirmConcurrency => 1;

    /// <summary>How many codes one fill transaction should store: a compromise between speed and how long others wait.</summary>
    public virtual int FillBatchSize => 5_000;

    /// <summary>Creates or checks the schema, then creates the pool's record or compares it with <paramref name="pool"/>. Called once, before any other member.</summary>
    /// <exception cref="CodePoolFormatMismatchException">The record was made with another format or consistency.</exception>
    /// <exception cref="CodePoolConfigurationException">The database cannot be used as it is: read-only, corrupt, of a newer version.</exception>
    /// <exception cref="CodePoolStoreUnavailableException">The database cannot be reached now.</exception>
    public abstract ValueTask<PoolRecord> OpenAsync(PoolDefinition pool, CancellationToken cancellationToken);

    /// <summary>
    /// Stores one batch, in one transaction under the fill lock: reads the level again, draws what is missing (at most
    /// <see cref="FillRequest.MaxBatch"/>), drops duplicates, numbers what is left without gaps in the order drawn.
    /// What <see cref="FillRequest.Draw"/> brings beyond the missing number is spare for duplicates: at most the missing number is stored.
    /// </summary>
    public abstract ValueTask<FillResult> FillAsync(FillRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Inserts an epoch: a process's own as open, a shared one as opening in place of <see cref="EpochRequest.Replaces"/>,
    /// which is closed in the same transaction.
    /// </summary>
    /// <returns>The epoch, or null when the epoch to be replaced is no longer the current one, or no longer opening as it must be.</returns>
    public abstract ValueTask<Epoch?> OpenEpochAsync(EpochRequest request, CancellationToken cancellationToken);

    /// <summary>Turns an opening epoch into an open one; only the process that inserted it may call this.</summary>
    /// <returns>False when it is not opening any more.</returns>
    public abstract ValueTask<bool> ActivateEpochAsync(Epoch epoch, CancellationToken cancellationToken);

    /// <summary>
    /// Counts one heartbeat of an epoch that is not closed. To a process that was cut off it proves that no recovery has been, since
    /// <see cref="RecoverAsync"/> closes every epoch; a lease or a claim that is granted proves the same.
    /// </summary>
    /// <returns>False when the epoch is closed, or the store does not know it.</returns>
    public abstract ValueTask<bool> BeatAsync(Epoch epoch, CancellationToken cancellationToken);

    /// <summary>Closes an epoch; its leases stay open until they are settled.</summary>
    /// <returns>False when it was closed already, or the store does not know it.</returns>
    public abstract ValueTask<bool> CloseEpochAsync(Epoch epoch, EpochCloseReason reason, CancellationToken cancellationToken);

    /// <summary>The epochs that still matter: those not closed, and the closed ones with open leases; ascending.</summary>
    public abstract ValueTask<IReadOnlyList<Epoch>> GetEpochsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Leases up to <see cref="LeaseRequest.Count"/> codes to an open epoch: returned ranges first, then by advancing the cursor.
    /// A repeated <see cref="LeaseRequest.Operation"/> finds the leases of the first attempt.
    /// </summary>
    /// <exception cref="StoreRewoundException">The next lease number is not above <see cref="LeaseRequest.HighestKnownLease"/>, or a recovery is under way.</exception>
    public abstract ValueTask<LeaseResult> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken);

    /// <summary>The open leases of an epoch with their codes of status open, ascending; to push again what the cache does not know.</summary>
    public abstract ValueTask<IReadOnlyList<Lease>> GetOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken);

    /// <summary>The numbers of an epoch's open leases, ascending: cheap, whatever they hold.</summary>
    public abstract ValueTask<IReadOnlyList<long>> ListOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken);

    /// <summary>
    /// Marks journaled codes Used. Codes that are Used already are fine; codes of a settled lease move from Unconfirmed to Used.
    /// Durable when it returns.
    /// </summary>
    /// <exception cref="StoreRewoundException">A code has no place here, and no recovery explains it.</exception>
    public abstract ValueTask<MarkResult> MarkAsync(Epoch epoch, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken);

    /// <summary>
    /// Marks popped codes Used and says which may be handed out: those this call, or an earlier call with the same
    /// <paramref name="operation"/>, changed from open to Used while their lease was open.
    /// </summary>
    /// <returns>The indices into <paramref name="codes"/> that may be handed out, ascending.</returns>
    public abstract ValueTask<IReadOnlyList<int>> ConfirmAsync(
        Epoch epoch, Guid operation, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken);

    /// <summary>
    /// Settles leases of an epoch that the caller owns. What is still open goes back to Available from
    /// <see cref="LeaseSettlement.UnseenFrom"/> on, or wholly if the epoch is Confirmed; the rest becomes Unconfirmed.
    /// A lease that is settled or gone is left alone.
    /// </summary>
    public abstract ValueTask<SettleResult> SettleAsync(
        Epoch epoch, IReadOnlyList<LeaseSettlement> leases, CancellationToken cancellationToken);

    /// <summary>Settles every open lease of a closed epoch; anyone may call it. Does nothing while the epoch is not closed.</summary>
    public abstract ValueTask<SettleResult> SettleClosedAsync(Epoch epoch, CancellationToken cancellationToken);

    /// <summary>Looks one code up; null when it is not a code of this pool.</summary>
    public abstract ValueTask<CodeInfo?> FindAsync(string code, CancellationToken cancellationToken);

    /// <summary>One snapshot of the counters; its cost does not grow with the table.</summary>
    public abstract ValueTask<StoreLevels> GetLevelsAsync(CancellationToken cancellationToken);

    /// <summary>Counts the rows, and compares them with the counters and the ranges.</summary>
    public abstract ValueTask<CodePoolAudit> AuditAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Answers a database that went back in time, in steps that anyone may repeat: closes all epochs, replaces leases and
    /// returned ranges by one settled record over all open codes, raises lease and epoch numbers past everything remembered,
    /// by 2^20 at least: the jump tells other processes.
    /// Nothing goes back to Available.
    /// </summary>
    public abstract ValueTask<RecoveryResult> RecoverAsync(RecoveryRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Writes codes that were handed out and that the store has forgotten: known ones become Used, unknown ones are inserted
    /// as Used under new numbers.
    /// </summary>
    /// <returns>How many codes were inserted.</returns>
    public abstract ValueTask<int> AdoptAsync(IReadOnlyList<string> codes, CancellationToken cancellationToken);

    /// <summary>Releases what the store opened itself, never what the host owns.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
