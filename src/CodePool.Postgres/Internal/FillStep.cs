using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Stores new codes, numbered in the order drawn, in one transaction. A fill need not be durable: what is lost is drawn again.</summary>
internal sealed class FillStep(PoolContext pool)
{
    private const string BeforeCopy = "before_copy";

    /// <summary>Whether the last batch met duplicates: then the next one looks before it copies.</summary>
    private volatile bool _dense;

    private readonly record struct Level(long FilledTo, long Available);

    public ValueTask<FillResult> FillAsync(FillRequest request, CancellationToken cancellationToken) =>
        pool.TransactAsync(Outcome.Once, (transaction, token) => FillAsync(transaction, request, token), cancellationToken);

    private async ValueTask<FillResult> FillAsync(PostgresTransaction transaction, FillRequest request, CancellationToken cancellationToken)
    {
        Level level = await LockAsync(transaction, cancellationToken).ConfigureAwait(false);
        int missing = (int)Math.Min(request.MaxBatch, request.Target - level.Available);
        if (missing <= 0)
            return new FillResult(0, 0, level.Available, level.FilledTo);

        IReadOnlyList<string> drawn = request.Draw(missing);
        Choice choice = await StoreAsync(transaction, drawn, missing, level.FilledTo + 1, cancellationToken).ConfigureAwait(false);
        long filledTo = level.FilledTo + choice.Codes.Count;
        PostgresBatch batch = transaction.Batch().Add("fill.advance", Sql.Value("filled_to", filledTo));
        await using (batch.ConfigureAwait(false))
            await batch.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        return new FillResult(choice.Looked, choice.Codes.Count, level.Available + choice.Codes.Count, filledTo);
    }

    private async ValueTask<Level> LockAsync(PostgresTransaction transaction, CancellationToken cancellationToken)
    {
        PostgresBatch batch = transaction.Batch().Add("fill.settings").Add("fill.lock").Add("fill.level");
        await using (batch.ConfigureAwait(false))
        {
            NpgsqlDataReader reader = await batch.ReadAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.NextRowAsync(cancellationToken).ConfigureAwait(false);
                long filledTo = reader.GetInt64(0);
                await reader.NextRowAsync(cancellationToken).ConfigureAwait(false);
                Guard.Read(reader, pool).RequireSound(pool);
                return new Level(filledTo, filledTo - reader.GetInt64(3) + reader.GetInt64(4));
            }
        }
    }

    private async ValueTask<Choice> StoreAsync(
        PostgresTransaction transaction, IReadOnlyList<string> drawn, int missing, long first, CancellationToken cancellationToken)
    {
        // Who draws some to spare expects duplicates.
        if (!_dense && drawn.Count <= missing)
        {
            var choice = Choice.Unseen(drawn);
            if (await TryCopyAsync(transaction, choice, first, cancellationToken).ConfigureAwait(false))
                return choice;
        }

        // The fill row is locked: nobody else inserts codes, so what is found now is all there will be.
        HashSet<int> stored = await FindStoredAsync(transaction, drawn, cancellationToken).ConfigureAwait(false);
        Choice fresh = Choice.Of(drawn, missing, stored);
        _dense = fresh.Refused > 0;
        await CopyAsync(transaction, fresh, first, cancellationToken).ConfigureAwait(false);
        return fresh;
    }

    /// <summary>
    /// Straight into the table: the fastest way, and the unique constraint refuses the whole batch if one code is there already.
    /// ON CONFLICT would cost half of the speed on every batch.
    /// </summary>
    private async ValueTask<bool> TryCopyAsync(PostgresTransaction transaction, Choice choice, long first, CancellationToken cancellationToken)
    {
        await transaction.Inner.SaveAsync(BeforeCopy, cancellationToken).ConfigureAwait(false);
        try
        {
            await CopyAsync(transaction, choice, first, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            await transaction.Inner.RollbackAsync(BeforeCopy, cancellationToken).ConfigureAwait(false);
            return false;
        }
    }

    private async ValueTask CopyAsync(PostgresTransaction transaction, Choice choice, long first, CancellationToken cancellationToken)
    {
        if (choice.Codes.Count > 0)
            await CodeCopy.WriteAsync(transaction.Connection, pool, choice.Codes, first, cancellationToken).ConfigureAwait(false);
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
