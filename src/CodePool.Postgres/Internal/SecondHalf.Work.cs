using Npgsql;

namespace CodePool.Postgres.Internal;

/// <content>What it does over its own connection, while the first half is copied over the fill's.</content>
internal sealed partial class SecondHalf
{
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
