using Microsoft.Data.Sqlite;

namespace CodePool.Sqlite.Internal;

/// <summary>Runs each step in one transaction: one writer at a time, reads beside it on a connection of their own.</summary>
internal sealed class Transactions(string poolName, SqliteFile file, TimeProvider time) : IAsyncDisposable
{
    // Whoever finds the log long enough copies it into the file, for some 0.2 s. The longer limit leaves that to fills,
    // for which nobody waits, unless there are none for long.
    private const string Forced = "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000";
    private const string Lazy = "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000";

    // First come, first served: a filler that asks again after each batch stands behind every lease that waits.
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _reading = new(1, 1);
    private SqliteSession? _writer;
    private SqliteSession? _reader;
    private Guid _pool;
    private bool _disposed;

    /// <summary>Opens the file, then runs the step that makes schema and record. May be repeated after a failure.</summary>
    public async ValueTask<PoolRow> OpenAsync(Func<SqliteSession, PoolRow> step, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _writer ??= await file.OpenWriterAsync(cancellationToken).ConfigureAwait(false);
            await _writer.SetUpAsync(Forced, cancellationToken).ConfigureAwait(false);
            PoolRow pool = await CommitAsync(_writer, step, cancellationToken).ConfigureAwait(false);
            _reader ??= await file.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
            _pool = pool.Uid;
            return pool;
        }
        catch (SqliteException failure)
        {
            throw SqliteFailure.AtOpen(failure, poolName, file.FullPath);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Forced to disk before it returns.</summary>
    public ValueTask<T> WriteAsync<T>(Func<Transaction, T> step, CancellationToken cancellationToken) =>
        WriteAsync(Forced, step, cancellationToken);

    /// <summary>
    /// Left to the next forced commit. That one syncs the whole log, in which this transaction's frames come before its own, and
    /// reading the log after a crash stops at the first frame that is not whole: so what is durable never stands on what is not.
    /// A checkpoint syncs the log before it copies from it, at NORMAL as well. This holds for every process: they share one log.
    /// </summary>
    public ValueTask<T> WriteLazilyAsync<T>(Func<Transaction, T> step, CancellationToken cancellationToken) =>
        WriteAsync(Lazy, step, cancellationToken);

    /// <summary>One read transaction is one snapshot; it waits for no writer.</summary>
    public ValueTask<T> ReadAsync<T>(Func<Transaction, T> step, CancellationToken cancellationToken) =>
        OneByOneAsync(_reading, () => SnapshotAsync(Opened(_reader), step, cancellationToken), cancellationToken);

    /// <summary>For what reads every row: on a connection of its own, so that nobody waits for it, and on a thread of its own, since SQLite blocks for as long as it takes.</summary>
    public Task<T> ReadApartAsync<T>(Func<Transaction, T> step, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            try
            {
                Opened(_reader);
                using SqliteSession session = await file.OpenReaderAsync(cancellationToken).ConfigureAwait(false);
                return await SnapshotAsync(session, step, cancellationToken).ConfigureAwait(false);
            }
            catch (SqliteException failure)
            {
                throw SqliteFailure.Later(failure, poolName, file.FullPath);
            }
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        await _reading.WaitAsync().ConfigureAwait(false);
        _disposed = true;
        _reader?.Dispose();
        _writer?.Dispose();
        _reading.Release();
        _writing.Release();
    }

    private ValueTask<T> WriteAsync<T>(string durability, Func<Transaction, T> step, CancellationToken cancellationToken) => OneByOneAsync(
        _writing,
        async () =>
        {
            SqliteSession writer = Opened(_writer);
            await writer.SetUpAsync(durability, cancellationToken).ConfigureAwait(false);
            return await CommitAsync(writer, session => step(Begin(session)), cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    private async ValueTask<T> OneByOneAsync<T>(SemaphoreSlim gate, Func<ValueTask<T>> work, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await work().ConfigureAwait(false);
        }
        catch (SqliteException failure)
        {
            throw SqliteFailure.Later(failure, poolName, file.FullPath);
        }
        finally
        {
            gate.Release();
        }
    }

    private static async ValueTask<T> CommitAsync<T>(SqliteSession writer, Func<SqliteSession, T> step, CancellationToken cancellationToken)
    {
        // IMMEDIATE: the write lock comes first, so a transaction never reads what another is about to change, and never upgrades.
        await writer.ExecuteWhenFreeAsync("BEGIN IMMEDIATE", cancellationToken).ConfigureAwait(false);
        try
        {
            T result = step(writer);
            cancellationToken.ThrowIfCancellationRequested();
            writer.Commit();
            return result;
        }
        catch
        {
            writer.RollBack();
            throw;
        }
    }

    private async ValueTask<T> SnapshotAsync<T>(SqliteSession session, Func<Transaction, T> step, CancellationToken cancellationToken)
    {
        // BEGIN alone reads nothing yet: the first read takes the snapshot, and is what may find the file locked.
        await session.ExecuteWhenFreeAsync("BEGIN; SELECT 1 FROM codepool_schema", cancellationToken).ConfigureAwait(false);
        try
        {
            return step(Begin(session));
        }
        finally
        {
            session.RollBack();
        }
    }

    private Transaction Begin(SqliteSession session)
    {
        if (PoolRow.Find(session, poolName) is { } pool && pool.Uid == _pool)
            return new Transaction(session, poolName, pool, time.GetUtcNow());

        // Another record under the same name: its numbers mean other codes.
        throw new CodePoolConfigurationException(
            poolName, $"'{file.FullPath}' no longer holds the pool that was opened: the file was replaced. Restart the process.");
    }

    private SqliteSession Opened(SqliteSession? session)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return session ?? throw new InvalidOperationException($"Pool '{poolName}': open the store first.");
    }
}
