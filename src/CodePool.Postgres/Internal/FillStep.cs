using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Stores new codes, numbered in the order drawn, in one transaction. A fill need not be durable: what is lost is drawn again.</summary>
internal sealed class FillStep(PoolContext pool, bool parallel, SecondHalfReport report)
{
    /// <summary>Smaller batches stay on one connection (docs/decisions/0010-two-connections-fill.md).</summary>
    internal const int WorthTwo = 10_000;

    private const string BeforeCopy = "before_copy";

    /// <summary>Whether the last batch met duplicates: then the next one looks before it copies.</summary>
    private volatile bool _dense;

    /// <summary>A second half that never had a connection, and still looks for one: until it has given up there is no other.</summary>
    private volatile Task _left = Task.CompletedTask;

    private readonly record struct Level(long FilledTo, long Available, CopyBackend Backend);

    public async ValueTask<FillResult> FillAsync(FillRequest request, CancellationToken cancellationToken)
    {
        // Whatever throws from the first half ends the second as well, which then finds that it may not stay.
        var second = new SecondHalf(pool, cancellationToken);
        try
        {
            FillResult first = await pool.TransactAsync(
                Outcome.Once, (transaction, token) => FillAsync(transaction, request, second, token), cancellationToken).ConfigureAwait(false);
            int more = await second.FinishAsync().ConfigureAwait(false);
            _dense |= second.MetDuplicate;
            report.Tell(second, more, _dense);
            return new FillResult(first.Drawn + more, first.Stored + more, first.Available + more, first.Generated + more);
        }
        finally
        {
            await second.DisposeAsync().ConfigureAwait(false);
            if (!second.Left.IsCompleted)
                _left = second.Left;
        }
    }

    private async ValueTask<FillResult> FillAsync(
        PostgresTransaction transaction, FillRequest request, SecondHalf second, CancellationToken cancellationToken)
    {
        // Of an attempt that lost a deadlock.
        await second.AbandonAsync().ConfigureAwait(false);
        Level level = await LockAsync(transaction, cancellationToken).ConfigureAwait(false);
        int missing = (int)Math.Min(request.MaxBatch, request.Target - level.Available);
        if (missing <= 0)
            return new FillResult(0, 0, level.Available, level.FilledTo);

        second.IsWanted = parallel && !_dense && missing >= WorthTwo;
        bool halves = second.IsWanted && _left.IsCompleted && second.Left.IsCompleted && !pool.Pause.IsOn;
        if (halves)
            second.Prepare();
        IReadOnlyList<string> drawn = request.Draw(missing);
        Choice choice = await StoreAsync(transaction, drawn, missing, level, halves ? second : null, cancellationToken).ConfigureAwait(false);
        await second.CopiedAsync(cancellationToken).ConfigureAwait(false);
        long filledTo = level.FilledTo + choice.Codes.Count;
        PostgresBatch batch = transaction.Batch().Add("fill.advance", Sql.Value("filled_to", filledTo));
        await using (batch.ConfigureAwait(false))
            await batch.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        return new FillResult(choice.Looked, choice.Codes.Count, level.Available + choice.Codes.Count, filledTo);
    }

    private async ValueTask<Level> LockAsync(PostgresTransaction transaction, CancellationToken cancellationToken)
    {
        // "fill.patience" is the last: to wait for other fillers is no fault, however long they take.
        PostgresBatch batch = transaction.Batch()
            .Add("fill.settings").Add("fill.turn").Add("fill.line").Add("fill.lock").Add("fill.level").Add("fill.patience");
        await using (batch.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                CopyBackend backend = CopyBackend.Read(reader, 1);
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                await reader.NextRowAsync(cancellationToken).ConfigureAwait(false);
                long filledTo = reader.GetInt64(0);
                await reader.NextRowAsync(cancellationToken).ConfigureAwait(false);
                Guard.Read(reader, pool).RequireSound(pool);
                return new Level(filledTo, filledTo - reader.GetInt64(3) + reader.GetInt64(4), backend);
            }
        }
    }

    private async ValueTask<Choice> StoreAsync(
        PostgresTransaction transaction, IReadOnlyList<string> drawn, int missing, Level level, SecondHalf? second, CancellationToken cancellationToken)
    {
        // Who draws some to spare expects duplicates.
        if (!_dense && drawn.Count <= missing)
        {
            ArraySegment<string> codes = drawn as string[] ?? [.. drawn];
            int half = second is null ? codes.Count : codes.Count / 2;
            second?.Offer(codes[half..], level.FilledTo + half);
            if (await TryCopyAsync(transaction, codes, half, second, level, cancellationToken).ConfigureAwait(false))
                return Choice.Unseen(second is { IsTaken: true } ? codes[..half] : codes);
        }

        // The second half of this batch would not fit any more: its numbers begin after a first half without duplicates.
        if (second is not null)
            await second.AbandonAsync().ConfigureAwait(false);

        // The fill row is locked: nobody else commits codes, not even somebody's second half, which needs it for that. So what is
        // found now is all there will be.
        HashSet<int> stored = await FindStoredAsync(transaction, drawn, cancellationToken).ConfigureAwait(false);
        Choice fresh = Choice.Of(drawn, missing, stored);
        _dense = fresh.Refused > 0;
        if (fresh.Codes.Count > 0)
            await CodeCopy.WriteAsync(transaction.Connection, pool, level.Backend, fresh.Codes, level.FilledTo + 1, cancellationToken).ConfigureAwait(false);
        return fresh;
    }

    /// <summary>
    /// Straight into the table: the fastest way, and the unique constraint refuses the whole batch if one code is there already.
    /// ON CONFLICT would cost half of the speed on every batch.
    /// </summary>
    private async ValueTask<bool> TryCopyAsync(
        PostgresTransaction transaction, ArraySegment<string> codes, int half, SecondHalf? second, Level level, CancellationToken cancellationToken)
    {
        long first = level.FilledTo + 1;
        await transaction.Inner.SaveAsync(BeforeCopy, cancellationToken).ConfigureAwait(false);
        try
        {
            await CodeCopy.WriteAsync(transaction.Connection, pool, level.Backend, codes[..half], first, cancellationToken).ConfigureAwait(false);

            // A COPY of its own, begun when the server is through with the first: in one, the second half was decided on as soon as the
            // first lay in the socket, after a few milliseconds, and one batch in three found the other connection not awake yet.
            if (second is not null && second.TryKeep())
                await CodeCopy.WriteAsync(transaction.Connection, pool, level.Backend, codes[half..], first + half, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            await transaction.Inner.RollbackAsync(BeforeCopy, cancellationToken).ConfigureAwait(false);
            return false;
        }
    }

    private static async ValueTask<HashSet<int>> FindStoredAsync(
        PostgresTransaction transaction, IReadOnlyList<string> drawn, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.Batch().Add("fill.plan").Add("fill.stored", Sql.Value("codes", drawn.ToArray()));
        await using (batch.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var places = new HashSet<int>();
                await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    places.Add(reader.GetInt32(0));
                return places;
            }
        }
    }
}
