using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>
/// The server's side of a COPY, to end it when it is cancelled. The driver sends no cancel request for a COPY, and one that waits for
/// another transaction's row does not hear that its client has gone: it keeps the fill row from everybody.
/// </summary>
/// <param name="ProcessId">As the server says it: a pooler shows its clients another one.</param>
/// <param name="Began">When its transaction began. Both together are this transaction and no other, on whichever server the pooler asks.</param>
internal readonly record struct CopyBackend(int ProcessId, DateTime Began)
{
    /// <summary>How long the other connection is waited for once the COPY has ended on this side: a pool of one has none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The second and third column of a transaction's settings.</summary>
    public static CopyBackend Read(NpgsqlDataReader reader, int from) => new(reader.GetInt32(from), reader.GetDateTime(from + 1));

    /// <summary>Runs a COPY, and asks the server over another connection to end it once <paramref name="cancellationToken"/> is cancelled.</summary>
    public async ValueTask RunAsync(PoolContext pool, Func<ValueTask> copy, CancellationToken cancellationToken)
    {
        CopyBackend backend = this;
        Task ending = Task.CompletedTask;
        using var over = new CancellationTokenSource(Timeout.InfiniteTimeSpan, pool.Time);
        CancellationToken isOver = over.Token;
        CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(_ => ending = Task.Run(() => backend.EndAsync(pool, isOver), CancellationToken.None), null);
        try
        {
            await copy().ConfigureAwait(false);
        }
        finally
        {
            // Both have ended before the transaction goes on: what is ended can only have been this COPY.
            // A write that was cancelled has broken the connection: then the server hears it from the other one alone.
            await registration.DisposeAsync().ConfigureAwait(false);
            over.CancelAfter(Patience);
            await ending.ConfigureAwait(false);
        }
    }

    private async Task EndAsync(PoolContext pool, CancellationToken isOver)
    {
        try
        {
            NpgsqlConnection connection = await pool.OpenAsync(isOver).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                PostgresBatch batch = pool.Batch(connection).Add("fill.end", Sql.Value("backend", ProcessId), Sql.Value("began", Began));
                await using (batch.ConfigureAwait(false))
                    await batch.ExecuteAsync(isOver).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is NpgsqlException or CodePoolException or OperationCanceledException)
        {
            // Without another connection the COPY ends by itself, or by its command timeout.
        }
    }
}
