using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>
/// The second half of a batch, copied over a connection of its own while the fill that holds the fill row copies the first half.
/// It never gets the fill's lock on credit: its numbers begin where the first half will end, and it raises <c>filled_to</c> only after
/// that transaction has ended, and only from the value that it must have left. If that transaction rolled back, stored
/// another count, or somebody came between, no row matches and nothing of this half stays.
/// </summary>
internal sealed class SecondHalf(PoolContext pool, CancellationToken cancellationToken) : IAsyncDisposable
{
    /// <summary>How long the first half, which is ready to commit, waits for this one's copy. Then it goes alone.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private enum Owner { Nobody, First, Second }

    private CancellationTokenSource? _stop;
    private TaskCompletionSource<HalfBatch> _offer = null!;
    private TaskCompletionSource _copied = null!;
    private Task<int>? _work;
    private volatile bool _isReady;
    private volatile Owner _owner;
    private volatile CodePoolException? _failure;

    /// <summary>Whether the unique constraint refused it.</summary>
    public bool MetDuplicate { get; private set; }

    /// <summary>What it was lost by; null if it stayed, met a duplicate, was ended by its caller, or had no connection yet.</summary>
    public CodePoolException? Failure => _failure;

    /// <summary>Whether the batch was to go by two halves, whatever became of it.</summary>
    public bool IsWanted { get; set; }

    /// <summary>Whether the first half ends where this one begins.</summary>
    public bool IsTaken => _owner == Owner.Second;

    /// <summary>One that was ended before it had any codes, and may still wait for a connection; it will do nothing with it.</summary>
    public Task Left { get; private set; } = Task.CompletedTask;

    private readonly record struct HalfBatch(IEnumerable<string> Codes, int Count, long FilledTo);

    /// <summary>Begins to look for a connection. Nobody waits for it: who has none when the first half is through is too late.</summary>
    public void Prepare()
    {
        (_isReady, _owner, _failure, MetDuplicate) = (false, Owner.Nobody, null, false);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _offer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _copied = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _work = Task.Run(() => RunAsync(_stop.Token), CancellationToken.None);
    }

    /// <summary>The codes that it may have, and what <c>filled_to</c> is before them.</summary>
    public void Offer(ArraySegment<string> codes, long filledTo)
    {
        if (_isReady)
            Claim(Owner.Second);
        _offer.TrySetResult(new HalfBatch(codes, codes.Count, filledTo));
    }

    /// <summary>The first half is through: may it go on with the second?</summary>
    public bool TryKeep() => Claim(Owner.First) == Owner.First;

    /// <summary>
    /// Waits until its rows are in the table, uncommitted, or it has failed. So its advance stands next in line for the fill row, and
    /// no other filler meets its numbers. Its locks have a timeout: it never waits long for a row of the first half, which waits here.
    /// </summary>
    public async ValueTask CopiedAsync(CancellationToken token)
    {
        if (_work is null)
            return;
        if (IsTaken)
            await _copied.Task.WaitAsync(Patience, pool.Time, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        token.ThrowIfCancellationRequested();
        if (IsTaken && _copied.Task.IsCompleted)
            return;
        if (IsTaken)
            _failure = Lost($"the second half of a batch was not copied {Patience.TotalSeconds:0} s after the first.");
        await _stop!.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>After the first half has committed: how many codes this half has added, 0 if the first kept them or anything at all came between.</summary>
    public async ValueTask<int> FinishAsync() => _work is null || _owner == Owner.First ? 0 : await _work.ConfigureAwait(false);

    /// <summary>Ends it; it has committed nothing unless the first half had committed.</summary>
    public async ValueTask AbandonAsync()
    {
        if (_work is null)
            return;
        await _stop!.CancelAsync().ConfigureAwait(false);

        // Nobody waits for one that can get no codes any more. It holds no lock, and the driver ends a connection attempt only by its own
        // timeout: against a network that swallows new connections, each batch took as long.
        if (Claim(Owner.First) == Owner.Second)
            await _work.ConfigureAwait(false);
        else
            Left = _work;
        _stop.Dispose();
        _work = null;
    }

    public ValueTask DisposeAsync() => AbandonAsync();

    private Owner Claim(Owner owner)
    {
        Owner before = Interlocked.CompareExchange(ref _owner, owner, Owner.Nobody);
        return before == Owner.Nobody ? owner : before;
    }

    private async Task<int> RunAsync(CancellationToken token)
    {
        try
        {
            NpgsqlConnection connection = await pool.OpenSecondAsync(token).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
                return await RunAsync(connection, token).ConfigureAwait(false);
        }
        // The first half stands, whatever this one met, and its caller has its result or its error. What is missing is drawn again.
        catch (Exception failure)
        {
            MetDuplicate = failure is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };
            if (!MetDuplicate && !token.IsCancellationRequested)
                _failure = PostgresErrors.Translate(pool.Name, failure);

            // Only opening the connection throws this before BEGIN is answered. It counts even if the batch has gone on without it: the driver
            // drops the others all the same.
            if (!_isReady && failure is CodePoolException refusal)
                pool.Pause.Begin(refusal);
            return 0;
        }
        finally
        {
            _copied.TrySetResult();
        }
    }

    private async ValueTask<int> RunAsync(NpgsqlConnection connection, CancellationToken token)
    {
        NpgsqlTransaction inner =
            await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, token).ConfigureAwait(false);
        await using (inner.ConfigureAwait(false))
        {
            // Answered: so there is a server behind the connection. A pooler could keep it waiting for the one that the first half has.
            PostgresTransaction transaction = pool.Within(connection, inner);
            CopyBackend backend = await BeginAsync(transaction, token).ConfigureAwait(false);
            _isReady = true;
            HalfBatch half = await _offer.Task.WaitAsync(token).ConfigureAwait(false);
            if (Claim(Owner.Second) != Owner.Second)
                return 0;

            PostgresBatch line = transaction.Batch().Add("second_half.line", Sql.Value("expected", half.FilledTo));
            await using (line.ConfigureAwait(false))
                await line.ExecuteAsync(token).ConfigureAwait(false);
            await CodeCopy.WriteAsync(connection, pool, backend, half.Codes, half.FilledTo + 1, token).ConfigureAwait(false);
            _copied.TrySetResult();

            // Waits in the server for the end of the first half. Nobody waits in this process for what the server cannot see.
            PostgresBatch advance = transaction.Batch()
                .Add("second_half.patience")
                .Add("fill.lock")
                .Add(
                    "second_half.advance",
                    Sql.Value("expected", half.FilledTo), Sql.Value("filled_to", half.FilledTo + half.Count), Sql.Value("trusted", pool.Trusted));
            await using (advance.ConfigureAwait(false))
            {
                await advance.ExecuteAsync(token).ConfigureAwait(false);
                if (advance.LastChanged != 1)
                    throw Lost("between the halves of a batch the pool was filled by somebody else, or a recovery began.");
            }

            token.ThrowIfCancellationRequested();
            await inner.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            return half.Count;
        }
    }

    private CodePoolStoreUnavailableException Lost(string why) => new(pool.Name, why);

    private static async ValueTask<CopyBackend> BeginAsync(PostgresTransaction transaction, CancellationToken token)
    {
        PostgresBatch settings = transaction.Batch().Add("second_half.settings");
        await using (settings.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await settings.ReadAsync(token).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(token).ConfigureAwait(false);
                return CopyBackend.Read(reader, 1);
            }
        }
    }
}
