using System.Transactions;
using Npgsql;
using Polly.Retry;
using Polly;

namespace CodePool.Postgres.Internal;

/// <summary>Opens connections, repeats what may be repeated, and makes the driver's exceptions ours.</summary>
internal sealed class PostgresDatabase(string poolName, NpgsqlDataSource dataSource, TimeProvider time, SecondHalfPause pause)
{
    private const int Attempts = 3;

    // What was surely rolled back, a deadlock's victim, is repeated at once; everything slower is the caller's loop's to do.
    private readonly ResiliencePipeline _afterConflict = Repeating(PostgresErrors.IsConflict, time);

    // An idempotent step is also repeated when its outcome is unknown. That passes by pooled connections that died
    // with the server, too.
    private readonly ResiliencePipeline _afterAll = Repeating(
        failure => PostgresErrors.IsConflict(failure) || PostgresErrors.IsBroken(failure), time);

    // A connection that was dropped is gone from the server within milliseconds: 20, 40, ... 320 ms are waited for it, and no more.
    private readonly ResiliencePipeline _afterRefusal = Repeating(
        failure => pause is { Reason: not null, AsksAgain: true } && PostgresErrors.IsFull(failure), time, 5, TimeSpan.FromMilliseconds(20));

    public SecondHalfPause Pause => pause;

    public async ValueTask<T> RunAsync<T>(
        Outcome outcome, Func<NpgsqlConnection, CancellationToken, ValueTask<T>> step, CancellationToken cancellationToken)
    {
        try
        {
            return await (outcome == Outcome.Idempotent ? _afterAll : _afterConflict).ExecuteAsync(
                async (work, token) =>
                {
                    NpgsqlConnection connection = await OpenAsync(token).ConfigureAwait(false);
                    await using (connection.ConfigureAwait(false))
                    {
                        bool unreplicated = false;
                        connection.Notice += (_, told) => unreplicated |= UnreplicatedCommitException.IsMeant(told.Notice);
                        T result = await work(connection, token).ConfigureAwait(false);
                        return unreplicated ? throw new UnreplicatedCommitException() : result;
                    }
                },
                step,
                cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException failure)
        {
            throw PostgresErrors.Translate(poolName, failure);
        }
    }

    /// <summary>
    /// What a connection attempt says is final: a fresh connection was tried already. Except after a second connection was refused: then
    /// those that the driver has dropped for it may still have the places in the server.
    /// </summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) =>
        _afterRefusal.ExecuteAsync(static (database, token) => database.OpenOnceAsync(token), this, cancellationToken);

    /// <summary>For a connection that can be done without.</summary>
    public async ValueTask<NpgsqlConnection> OpenOnceAsync(CancellationToken cancellationToken)
    {
        // Npgsql enlists in the caller's TransactionScope when it opens: our COMMIT would be its, or its rollback ours.
        using var apart = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        try
        {
            return await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw PostgresErrors.Translate(poolName, failure);
        }
    }

    private static ResiliencePipeline Repeating(
        Func<Exception, bool> handle, TimeProvider time, int attempts = Attempts, TimeSpan firstWait = default) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is { } failure && handle(failure)),
                MaxRetryAttempts = attempts,
                Delay = firstWait,
                BackoffType = DelayBackoffType.Exponential,
            })
            .Build();
}
