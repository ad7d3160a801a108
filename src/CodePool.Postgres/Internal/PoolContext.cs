using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>What every step needs: the pool, the statements, the clock, and a transaction.</summary>
internal sealed class PoolContext(
    string name, PostgresDatabase database, PostgresStatements statements, TimeProvider time, bool trusted, Preparing? preparing)
{
    private short? _id;

    // Asked when there is a connection: by then its way to the server is known.
    private bool Prepares => preparing is { IsOn: true };

    public string Name => name;

    /// <summary>The database never loses an acknowledged commit: another identity alone means nothing.</summary>
    public bool Trusted => trusted;

    public PostgresStatements Statements => statements;

    public DateTime Now => time.GetUtcNow().UtcDateTime;

    public TimeProvider Time => time;

    /// <summary>The number of the pool's record.</summary>
    public short Id
    {
        get => _id ?? throw new InvalidOperationException($"Pool '{name}': open the store first.");
        set => _id = value;
    }

    /// <summary>One connection, no transaction: for one statement.</summary>
    public ValueTask<T> ReadAsync<T>(Func<NpgsqlConnection, CancellationToken, ValueTask<T>> step, CancellationToken cancellationToken) =>
        database.RunAsync(Outcome.Idempotent, step, cancellationToken);

    /// <summary>A connection for a transaction that its opener begins and ends.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => database.OpenAsync(cancellationToken);

    /// <summary>One that can be done without: it is asked for once.</summary>
    public ValueTask<NpgsqlConnection> OpenSecondAsync(CancellationToken cancellationToken) => database.OpenOnceAsync(cancellationToken);

    /// <summary>For how long no second connection is asked for.</summary>
    public SecondHalfPause Pause => database.Pause;

    /// <summary>An open transaction as the steps use it.</summary>
    public PostgresTransaction Within(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        new(connection, transaction, statements, _id ?? 0, Prepares);

    /// <summary>Statements outside a transaction; the server makes one of the whole batch.</summary>
    public PostgresBatch Batch(NpgsqlConnection connection) => new(connection, null, statements, Id, Prepares);

    /// <summary>
    /// A transaction of several round trips. Its BEGIN travels with its first batch, and its COMMIT with the last if the step says so. Whatever throws rolls it back;
    /// cancellation is honoured until the commit is sent, and not while it is under way.
    /// </summary>
    public ValueTask<T> TransactAsync<T>(
        Outcome outcome, Func<PostgresTransaction, CancellationToken, ValueTask<T>> step, CancellationToken cancellationToken) =>
        database.RunAsync(
            outcome,
            async (connection, token) =>
            {
                // Said explicitly: the server's default may be another level, whose one snapshot would undo "lock first, read later".
                NpgsqlTransaction transaction =
                    await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, token).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    PostgresTransaction within = Within(connection, transaction);
                    T result = await step(within, token).ConfigureAwait(false);
                    if (within.IsCommitted)
                        return result;
                    token.ThrowIfCancellationRequested();
                    await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                    return result;
                }
            },
            cancellationToken);

    /// <summary>A transaction of one round trip, for statements none of which depends on what another read.</summary>
    public ValueTask<T> TransactOnceAsync<T>(
        Outcome outcome,
        Action<PostgresBatch> compose,
        Func<PostgresBatch, NpgsqlDataReader, CancellationToken, ValueTask<T>> read,
        CancellationToken cancellationToken) =>
        database.RunAsync(
            outcome,
            async (connection, token) =>
            {
                PostgresBatch batch = Batch(connection).Add("transaction.begin").Add("transaction.settings");
                await using (batch.ConfigureAwait(false))
                {
                    compose(batch);
                    batch.Add("transaction.commit");
                    NpgsqlDataReader reader = await batch.ReadAsync(token).ConfigureAwait(false);
                    await using (reader.ConfigureAwait(false))
                    {
                        T result = await read(batch, reader, token).ConfigureAwait(false);

                        // To the end: only when COMMIT has answered is it true.
                        while (await reader.NextResultAsync(token).ConfigureAwait(false))
                        {
                        }

                        return result;
                    }
                }
            },
            cancellationToken);
}
