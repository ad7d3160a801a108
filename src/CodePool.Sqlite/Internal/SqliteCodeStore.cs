using CodePool.Providers;

namespace CodePool.Sqlite.Internal;

/// <summary>A pool in one SQLite file. Each step is a class of its own, and one transaction.</summary>
internal sealed class SqliteCodeStore : CodeStore
{
    /// <summary>
    /// Longer than waiting processes poll for the lock. A filler that began its next batch at once would take the lock again
    /// before anyone else saw it free.
    /// </summary>
    private static readonly TimeSpan GiveWay = TimeSpan.FromMilliseconds(5);

    private readonly SqliteFile _file;
    private readonly Transactions _transactions;

    /// <param name="poolName">The pool.</param>
    /// <param name="options">Its file.</param>
    /// <param name="time">The clock that its rows are stamped with.</param>
    /// <param name="weaken">For tests alone: rewrites a statement, given its name and text, to show what its protection is for.</param>
    public SqliteCodeStore(
        string poolName, SqliteCodePoolOptions options, TimeProvider time, Func<string, string, string>? weaken = null)
    {
        _file = new SqliteFile(poolName, options, weaken);
        _transactions = new Transactions(poolName, _file, time);
    }

    public override async ValueTask<PoolRecord> OpenAsync(PoolDefinition pool, CancellationToken cancellationToken)
    {
        PoolRow row = await _transactions
            .OpenAsync(session => Opening.Open(session, pool, _file.FullPath), cancellationToken).ConfigureAwait(false);
        return new PoolRecord(row.Uid, row.FilledTo, row.Recovering);
    }

    public override async ValueTask<FillResult> FillAsync(FillRequest request, CancellationToken cancellationToken)
    {
        FillResult result = await _transactions
            .WriteLazilyAsync(transaction => Filling.Fill(transaction, request), cancellationToken).ConfigureAwait(false);
        if (result.Stored > 0)
            await Task.Delay(GiveWay, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
        return result;
    }

    public override ValueTask<Epoch?> OpenEpochAsync(EpochRequest request, CancellationToken cancellationToken) =>
        _transactions.WriteAsync(transaction => Epochs.Open(transaction, request), cancellationToken);

    public override ValueTask<bool> ActivateEpochAsync(Epoch epoch, CancellationToken cancellationToken) =>
        _transactions.WriteAsync(transaction => Epochs.Activate(transaction, epoch), cancellationToken);

    public override ValueTask<bool> BeatAsync(Epoch epoch, CancellationToken cancellationToken) =>
        _transactions.WriteAsync(transaction => Epochs.Beat(transaction, epoch), cancellationToken);

    public override ValueTask<bool> CloseEpochAsync(Epoch epoch, EpochCloseReason reason, CancellationToken cancellationToken) =>
        _transactions.WriteAsync(transaction => Epochs.Close(transaction, epoch, reason), cancellationToken);

    public override ValueTask<IReadOnlyList<Epoch>> GetEpochsAsync(CancellationToken cancellationToken) =>
        _transactions.ReadAsync(Epochs.List, cancellationToken);

    public override ValueTask<LeaseResult> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        _transactions.WriteAsync(transaction => Leasing.Lease(transaction, request), cancellationToken);

    public override ValueTask<IReadOnlyList<Lease>> GetOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken) =>
        _transactions.ReadAsync(transaction => Leasing.ReadOpen(transaction, epoch), cancellationToken);

    public override ValueTask<IReadOnlyList<long>> ListOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken) =>
        _transactions.ReadAsync(transaction => Leasing.ListOpen(transaction, epoch), cancellationToken);

    public override ValueTask<MarkResult> MarkAsync(Epoch epoch, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken) =>
        _transactions.WriteAsync(transaction => Marking.Mark(transaction, epoch, codes), cancellationToken);

    public override ValueTask<IReadOnlyList<int>> ConfirmAsync(
        Epoch epoch, Guid operation, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken) =>
        _transactions.WriteAsync(transaction => Confirming.Confirm(transaction, epoch, operation, codes), cancellationToken);

    public override ValueTask<SettleResult> SettleAsync(
        Epoch epoch, IReadOnlyList<LeaseSettlement> leases, CancellationToken cancellationToken) =>
        _transactions.WriteAsync(transaction => Settling.Settle(transaction, epoch, leases), cancellationToken);

    public override ValueTask<SettleResult> SettleClosedAsync(Epoch epoch, CancellationToken cancellationToken) =>
        _transactions.WriteAsync(transaction => Settling.SettleClosed(transaction, epoch), cancellationToken);

    public override ValueTask<CodeInfo?> FindAsync(string code, CancellationToken cancellationToken) =>
        _transactions.ReadAsync(transaction => Counting.Find(transaction, code), cancellationToken);

    public override ValueTask<StoreLevels> GetLevelsAsync(CancellationToken cancellationToken) =>
        _transactions.ReadAsync(Counting.Levels, cancellationToken);

    public override async ValueTask<CodePoolAudit> AuditAsync(CancellationToken cancellationToken) =>
        await _transactions.ReadApartAsync(Auditing.Audit, cancellationToken).ConfigureAwait(false);

    public override async ValueTask<RecoveryResult> RecoverAsync(RecoveryRequest request, CancellationToken cancellationToken)
    {
        // Durable before anything is replaced: from here on nobody leases or confirms, even if this process dies.
        RecoveryResult? answered = await _transactions
            .WriteAsync(transaction => Recovery.Begin(transaction, request), cancellationToken).ConfigureAwait(false);
        if (answered is { } result)
            return result;

        // It counts every row, which blocks for as long as it takes: not on the caller's thread.
        return await Task.Run(
            () => _transactions.WriteAsync(transaction => Recovery.Replace(transaction, request), cancellationToken).AsTask(),
            cancellationToken).ConfigureAwait(false);
    }

    public override ValueTask<int> AdoptAsync(IReadOnlyList<string> codes, CancellationToken cancellationToken) =>
        _transactions.WriteAsync(transaction => Adopting.Adopt(transaction, codes), cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        await _transactions.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
