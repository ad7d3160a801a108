using Dapper;
using Npgsql;

namespace CodePool.Postgres.Tests.Support;

/// <summary>A synchronous standby that does not answer: a durable commit is made, and waits for it before it says so.</summary>
internal sealed class DeafStandby(PostgresInstance server) : IAsyncDisposable
{
    private readonly NpgsqlDataSource _operator = NpgsqlDataSource.Create(server.ConnectionString);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>From here on, durable commits wait.</summary>
    public async Task RequireAsync()
    {
        await SetAsync("nobody");

        // The checkpointer tells the backends that there is somebody to wait for, some time later.
        await using NpgsqlConnection probe = await _operator.OpenConnectionAsync(Token);
        while (await CancelUntilEndedAsync(probe.ExecuteAsync("SET synchronous_commit = on; COMMENT ON DATABASE postgres IS 'probe'")) == 0)
        {
            // It has not waited.
        }
    }

    /// <summary>Those that wait go on.</summary>
    public Task WaiveAsync() => SetAsync("");

    /// <returns>How often a commit that waited was cancelled.</returns>
    public async Task<int> CancelUntilEndedAsync(Task step)
    {
        int cancelled = 0;
        await using NpgsqlConnection connection = await _operator.OpenConnectionAsync(Token);
        for (; !step.IsCompleted; await Task.Delay(5, Token))
        {
            cancelled += await connection.QuerySingleAsync<int>(
                "SELECT count(pg_cancel_backend(pid))::integer FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
        }

        return cancelled;
    }

    /// <summary>Ends the next backend that waits.</summary>
    /// <returns>What it was at.</returns>
    public async Task<string> TerminateAsync()
    {
        await using NpgsqlConnection connection = await _operator.OpenConnectionAsync(Token);
        for (; ; await Task.Delay(5, Token))
        {
            int pid = await connection.QueryFirstOrDefaultAsync<int>("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
            if (pid == 0)
                continue;

            // Asked again: a wait is read at once, but its statement from a copy that was made before it began.
            string query = await connection.QuerySingleAsync<string>("SELECT query FROM pg_stat_activity WHERE pid = @pid", new { pid });
            if (await connection.QuerySingleAsync<bool>("SELECT pg_terminate_backend(@pid)", new { pid }))
                return query;
        }
    }

    public ValueTask DisposeAsync() => _operator.DisposeAsync();

    private async Task SetAsync(string name)
    {
        await using NpgsqlConnection connection = await _operator.OpenConnectionAsync(Token);
        await connection.ExecuteAsync($"ALTER SYSTEM SET synchronous_standby_names = '{name}'");
        await connection.ExecuteAsync("SELECT pg_reload_conf()");
    }
}
