namespace CodePool.Postgres.Internal;

/// <summary>
/// The second half of a batch, copied over a connection of its own while the fill that holds the fill row copies the first half.
/// It never gets the fill's lock on credit: its numbers begin where the first half will end, and it raises <c>filled_to</c> only after
/// that transaction has ended, and only from the value that it must have left. If that transaction rolled back, stored
/// another count, or somebody came between, no row matches and nothing of this half stays.
/// </summary>
internal sealed partial class SecondHalf(PoolContext pool, CancellationToken cancellationToken) : IAsyncDisposable
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
}
