using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using Npgsql;

namespace CodePool.Postgres.Tests.Support;

/// <content>Tells the connections of the store from the test's own, and watches who waits for whom.</content>
public partial class PostgresHarness
{
    private readonly Lazy<NpgsqlDataSource> _others = new(() => NpgsqlDataSource.Create(PostgresServer.ConnectionStringAsync().Result));

    internal string ApplicationName { get; } = $"codepool-{Guid.NewGuid():N}";

    /// <summary>The test's own connections.</summary>
    internal NpgsqlDataSource Others => _others.Value;

    /// <summary>The second half of a batch of <paramref name="half"/> codes each, on its way.</summary>
    internal async Task<SecondHalf> CopySecondAsync(
        string poolName, int half, Func<string, string, string>? weaken = null, long? filledTo = null)
    {
        var pool = new PoolContext(
            poolName, new PostgresDatabase(poolName, DataSource, Time, new SecondHalfPause(Time)), new PostgresStatements(new PostgresNames(Options), weaken), Time, trusted: false, preparing: null)
        {
            Id = await QueryAsync<short>($"SELECT id FROM {Name("pools")} WHERE name = @poolName", new { poolName }),
        };
        var second = new SecondHalf(pool, TestContext.Current.CancellationToken);
        second.Prepare();
        long first = filledTo ?? half;
        second.Offer(TestCodes.Range((int)first + 1, half).ToArray(), first);
        return second;
    }

    /// <summary>Waits until one of the store's backends waits for this one, and says which.</summary>
    internal async Task<int> WaitUntilBlockedAsync(int blocker)
    {
        for (; ; await Task.Delay(5, TestContext.Current.CancellationToken))
        {
            if (await AskAsync("SELECT min(pid) FROM pg_stat_activity WHERE application_name = $1 AND $2 = ANY (pg_blocking_pids(pid))", blocker) is { } pid)
                return pid;
        }
    }

    /// <summary>The same for a backend of another process.</summary>
    internal async Task WaitUntilBlockedAsync(int blocker, string applicationName)
    {
        while (await QueryAsync<int>(
            "SELECT count(*)::integer FROM pg_stat_activity WHERE application_name = @applicationName AND @blocker = ANY (pg_blocking_pids(pid))",
            new { applicationName, blocker }) == 0)
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until a backend stands in line for a lock.</summary>
    internal async Task WaitForLockAsync(int backend)
    {
        while (await QueryAsync<int>("SELECT cardinality(pg_blocking_pids(@backend))", new { backend }) == 0)
            await Task.Delay(5, TestContext.Current.CancellationToken);
    }

    /// <summary>Whether one of the store's backends waits for this one.</summary>
    internal async Task<bool> IsBlockingAsync(int blocker) =>
        await AskAsync("SELECT min(pid) FROM pg_stat_activity WHERE application_name = $1 AND $2 = ANY (pg_blocking_pids(pid))", blocker) is not null;

    /// <summary>Whether a backend has stood in line for a lock for so long.</summary>
    internal Task<bool> HasWaitedAsync(int backend, TimeSpan time) => QueryAsync<bool>(
        "SELECT coalesce(clock_timestamp() - min(waitstart) > @time, false) FROM pg_locks WHERE pid = @backend AND NOT granted", new { backend, time });

    /// <summary>Whether a backend has had nothing to do in its transaction, which may have failed, for so long.</summary>
    internal Task<bool> IsIdleInTransactionAsync(int backend, TimeSpan time) => QueryAsync<bool>(
        "SELECT count(*) = 1 FROM pg_stat_activity WHERE pid = @backend AND state LIKE 'idle in transaction%' AND clock_timestamp() - state_change > @time",
        new { backend, time });

    /// <summary>Ends a backend.</summary>
    internal async Task TerminateAsync(int backend) =>
        Assert.Equal(1, await AskAsync("SELECT pg_terminate_backend($2)::integer WHERE $1 <> ''", backend));

    /// <summary>How many of the store's connections are in a state such as <c>idle in transaction</c>. For a draw, which is synchronous.</summary>
    internal int Count(string state)
    {
        using NpgsqlCommand command = Others.CreateCommand(
            "SELECT count(*)::integer FROM pg_stat_activity WHERE application_name = $1 AND state = $2");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ApplicationName });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = state });
        return (int)command.ExecuteScalar()!;
    }

    private async Task<int?> AskAsync(string sql, int number)
    {
        await using NpgsqlCommand command = Others.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = ApplicationName });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken) as int?;
    }
}
