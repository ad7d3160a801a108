using CodePool.Providers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>The durable pool in PostgreSQL: each member is one step, and each step is a file of its own.</summary>
internal sealed class PostgresCodeStore : CodeStore
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly bool _ownsDataSource;
    private readonly PoolContext _pool;
    private readonly SchemaStep _schema;
    private readonly FillStep _fill;

    public PostgresCodeStore(
        string poolName, NpgsqlDataSource dataSource, bool ownsDataSource, PostgresCodePoolOptions options, TimeProvider time,
        Func<string, string, string>? weaken = null, ILogger? logger = null, SecondHalfPause? pause = null)
    {
        if (PostgresNames.Check(options) is { } wrong)
            throw new CodePoolConfigurationException(poolName, wrong);

        var names = new PostgresNames(options);
        _dataSource = dataSource;
        _ownsDataSource = ownsDataSource;
        _pool = new PoolContext(
            poolName, new PostgresDatabase(poolName, dataSource, time, pause ?? new SecondHalfPause(time)), new PostgresStatements(names, weaken), time, options.NeverLosesCommits,
            OwnDataSource.PreparingOf(dataSource));
        _schema = new SchemaStep(_pool, names, options.SchemaMode);
        _fill = new FillStep(_pool, options.ParallelFill, new SecondHalfReport(poolName, _pool.Pause, logger ?? NullLogger.Instance));
    }

    /// <summary>Two groups in turn: while one waits for its commit, the other is collected and sent.</summary>
    public override int ConfirmConcurrency => 2;

    /// <summary>
    /// About half as fast again as 10,000. More would be faster still, but the rows of one lease would lie on more pages, and
    /// a cancelled or refused batch would lose more (docs/decisions/0003-postgres-table.md).
    /// </summary>
    public override int FillBatchSize => 50_000;

    public override async ValueTask<PoolRecord> OpenAsync(PoolDefinition pool, CancellationToken cancellationToken)
    {
        await _schema.EnsureAsync(cancellationToken).ConfigureAwait(false);
        return await OpenStep.OpenAsync(_pool, pool, cancellationToken).ConfigureAwait(false);
    }

    public override ValueTask<FillResult> FillAsync(FillRequest request, CancellationToken cancellationToken) =>
        _fill.FillAsync(request, cancellationToken);

    public override ValueTask<Epoch?> OpenEpochAsync(EpochRequest request, CancellationToken cancellationToken) =>
        OpenEpochStep.OpenAsync(_pool, request, cancellationToken);

    public override ValueTask<bool> ActivateEpochAsync(Epoch epoch, CancellationToken cancellationToken) =>
        EpochSteps.ActivateAsync(_pool, epoch, cancellationToken);

    public override ValueTask<bool> BeatAsync(Epoch epoch, CancellationToken cancellationToken) =>
        EpochSteps.BeatAsync(_pool, epoch, cancellationToken);

    public override ValueTask<bool> CloseEpochAsync(Epoch epoch, EpochCloseReason reason, CancellationToken cancellationToken) =>
        EpochSteps.CloseAsync(_pool, epoch, reason, cancellationToken);

    public override ValueTask<IReadOnlyList<Epoch>> GetEpochsAsync(CancellationToken cancellationToken) =>
        EpochSteps.ListAsync(_pool, cancellationToken);

    public override ValueTask<LeaseResult> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        new LeaseStep(_pool).LeaseAsync(request, cancellationToken);

    public override ValueTask<IReadOnlyList<Lease>> GetOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken) =>
        OpenLeases.OfAsync(_pool, epoch, cancellationToken);

    public override ValueTask<IReadOnlyList<long>> ListOpenLeasesAsync(Epoch epoch, CancellationToken cancellationToken) =>
        OpenLeases.ListAsync(_pool, epoch, cancellationToken);

    public override ValueTask<MarkResult> MarkAsync(Epoch epoch, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken) =>
        new MarkStep(_pool).MarkAsync(epoch, codes, cancellationToken);

    public override ValueTask<IReadOnlyList<int>> ConfirmAsync(
        Epoch epoch, Guid operation, IReadOnlyList<LeasedCode> codes, CancellationToken cancellationToken) =>
        ConfirmStep.ConfirmAsync(_pool, epoch, operation, codes, cancellationToken);

    public override ValueTask<SettleResult> SettleAsync(
        Epoch epoch, IReadOnlyList<LeaseSettlement> leases, CancellationToken cancellationToken) =>
        new SettleStep(_pool).SettleAsync(epoch, leases, cancellationToken);

    public override ValueTask<SettleResult> SettleClosedAsync(Epoch epoch, CancellationToken cancellationToken) =>
        new SettleStep(_pool).SettleClosedAsync(epoch, cancellationToken);

    public override ValueTask<CodeInfo?> FindAsync(string code, CancellationToken cancellationToken) =>
        Looking.FindAsync(_pool, code, cancellationToken);

    public override ValueTask<StoreLevels> GetLevelsAsync(CancellationToken cancellationToken) =>
        Looking.LevelsAsync(_pool, cancellationToken);

    public override ValueTask<CodePoolAudit> AuditAsync(CancellationToken cancellationToken) =>
        AuditStep.AuditAsync(_pool, cancellationToken);

    public override ValueTask<RecoveryResult> RecoverAsync(RecoveryRequest request, CancellationToken cancellationToken) =>
        new RecoverStep(_pool).RecoverAsync(request, cancellationToken);

    public override ValueTask<int> AdoptAsync(IReadOnlyList<string> codes, CancellationToken cancellationToken) =>
        new AdoptStep(_pool).AdoptAsync(codes, cancellationToken);

    public override async ValueTask DisposeAsync()
    {
        if (_ownsDataSource)
            await _dataSource.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
