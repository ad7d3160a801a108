using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;

namespace CodePool.Postgres.Tests;

/// <summary>What makes it fast, held by counting, not by a clock.</summary>
public sealed class PerformanceShapeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Marks_touch_no_index()
    {
        await using var harness = new PostgresHarness();
        await harness.CreateDatabaseAsync(Token);
        await using CodeStore store = harness.CreateStore("hot");
        await store.OpenAsync(new PoolDefinition("hot", "format", CodeConsistency.Journaled), Token);
        await store.FillAsync(10_000);
        Epoch epoch = await store.OpenProcessAsync();
        for (int batch = 0; batch < 10; batch++)
        {
            Lease lease = await store.LeaseAsync(epoch, 1_000);
            await store.MarkAsync(epoch, [.. lease.Codes.Select((code, i) => new LeasedCode(lease.Number, lease.First + i, code))]);
        }

        string table = $"'{harness.Name("codes")}'::regclass";
        await StatisticsAsync(harness, $"pg_stat_get_tuples_updated({table})", 10_000);
        Assert.Equal(10_000, await harness.QueryAsync<long>($"SELECT pg_stat_get_tuples_updated({table})"));
        Assert.Equal(10_000, await harness.QueryAsync<long>($"SELECT pg_stat_get_tuples_hot_updated({table})"));
    }

    /// <summary>One range a run, whose rows are locked by number as everybody else's are. A bitmap would have them by page.</summary>
    [Theory]
    [InlineData(CodeConsistency.Journaled, false)]
    [InlineData(CodeConsistency.Journaled, true)]
    [InlineData(CodeConsistency.Confirmed, false)]
    [InlineData(CodeConsistency.Confirmed, true)]
    public async Task A_run_of_codes_is_one_range_in_the_order_of_its_numbers(CodeConsistency consistency, bool weakened)
    {
        await using var harness = new PostgresHarness();
        await harness.CreateDatabaseAsync(Token);
        await using var store = new PostgresCodeStore(
            "runs", harness.DataSource, false, harness.Options, TimeProvider.System,
            (_, sql) => weakened ? sql.Replace("set_config('enable_bitmapscan', 'off', true)", "set_config('enable_indexscan', 'off', true)", StringComparison.Ordinal) : sql);
        await store.OpenAsync(new PoolDefinition("runs", "format", consistency), Token);
        await store.FillAsync(10_000);
        await harness.ExecuteAsync($"ANALYZE {harness.Name("codes")}");
        Epoch epoch = await store.OpenProcessAsync();
        Lease lease = await store.LeaseAsync(epoch, 5_000);

        // The lease's own look, first.
        string key = $"'{harness.Options.Schema}.{harness.Options.TablePrefix}codes_pkey'::regclass";
        await StatisticsAsync(harness, $"pg_stat_get_numscans({key})", 1);
        long scans = await harness.QueryAsync<long>($"SELECT pg_stat_get_numscans({key})");
        long rows = await harness.QueryAsync<long>($"SELECT pg_stat_get_tuples_fetched({key})");
        if (consistency == CodeConsistency.Journaled)
            await store.MarkAsync(epoch, [.. lease.All()]);
        else
            await store.ConfirmAsync(epoch, lease.All());
        await StatisticsAsync(harness, $"pg_stat_get_tuples_updated('{harness.Name("codes")}'::regclass)", 5_000);
        Assert.Equal(1, await harness.QueryAsync<long>($"SELECT pg_stat_get_numscans({key})") - scans);
        Assert.Equal(weakened ? 0 : 5_000, await harness.QueryAsync<long>($"SELECT pg_stat_get_tuples_fetched({key})") - rows);
    }

    /// <summary>A prepared statement is planned once a connection: a plan for each group's own numbers took longer than confirming them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_prepared_step_is_not_planned_again(bool weakened)
    {
        await using var harness = new PreparingHarness();
        await harness.CreateDatabaseAsync(Token);
        await using var store = new PostgresCodeStore(
            "planned", harness.DataSource, false, harness.Options, TimeProvider.System,
            (_, sql) => weakened ? sql.Replace("force_generic_plan", "auto", StringComparison.Ordinal) : sql);
        await store.OpenAsync(new PoolDefinition("planned", "format", CodeConsistency.Confirmed), Token);
        await store.FillAsync(1_000);
        Epoch epoch = await store.OpenProcessAsync();
        Lease lease = await store.LeaseAsync(epoch, 1_000);
        foreach (LeasedCode[] group in lease.All().Chunk(50))
            await store.ConfirmAsync(epoch, group);
        Assert.Equal(weakened, await harness.QueryAsync<long>("SELECT coalesce(sum(custom_plans), 0)::bigint FROM pg_prepared_statements WHERE statement LIKE '%operation = $1, updated_at%'") > 0);
        Assert.Equal(1, await harness.QueryAsync<long>("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%operation = $1, updated_at%'"));
    }

    /// <summary>The lock of a mark finds its leases among all that were ever settled; without a bitmap it would read them all.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mark_does_not_read_the_leases_that_are_settled(bool weakened)
    {
        await using var harness = new PostgresHarness();
        await harness.CreateDatabaseAsync(Token);
        await using var store = new PostgresCodeStore(
            "settled", harness.DataSource, false, harness.Options, TimeProvider.System,
            (_, sql) => weakened ? sql.Replace("set_config('jit', 'off', true)", "set_config('enable_bitmapscan', 'off', true)", StringComparison.Ordinal) : sql);
        await store.OpenAsync(new PoolDefinition("settled", "format", CodeConsistency.Journaled), Token);
        await store.FillAsync(100);
        Epoch epoch = await store.OpenProcessAsync();
        Lease lease = await store.LeaseAsync(epoch, 100);
        string leases = harness.Name("leases");
        await harness.ExecuteAsync(
            $"INSERT INTO {leases} (pool, lease, first, last, epoch, token, operation, state) SELECT pool, 1000 + n, 1000 + n, 1000 + n, epoch, gen_random_uuid(), gen_random_uuid(), 1 FROM {leases}, generate_series(1, 20000) n; ANALYZE {leases}");
        await store.MarkAsync(epoch, [.. lease.All()]);
        await StatisticsAsync(harness, $"pg_stat_get_tuples_updated('{harness.Name("codes")}'::regclass)", 100);
        long read = await harness.QueryAsync<long>($"SELECT pg_stat_get_tuples_fetched('{harness.Options.Schema}.{harness.Options.TablePrefix}leases_pkey'::regclass)");
        Assert.Equal(weakened, read >= 20_000);
    }

    /// <summary>
    /// A planner that knows the pool only as rare read all of it for each lease, through the key of the codes, when that key began
    /// with the pool: 0.7 s for levels at 500,000 codes. A plan for any pool, which prepared steps have since, knows nothing of it.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Codes_are_found_by_number_whatever_the_statistics_say_of_the_pool(bool oldKey)
    {
        await using var harness = new PostgresHarness();
        await harness.CreateDatabaseAsync(Token);
        await using CodeStore known = harness.CreateStore("known");
        await known.OpenAsync(new PoolDefinition("known", "format", CodeConsistency.Journaled), Token);
        if (oldKey)
        {
            await harness.ExecuteAsync(
                $"ALTER TABLE {harness.Name("codes")} DROP CONSTRAINT {harness.Options.TablePrefix}codes_code_pool_key; ALTER TABLE {harness.Name("codes")} ADD CONSTRAINT {harness.Options.TablePrefix}codes_code_pool_key UNIQUE (pool, code)");
        }

        await known.FillAsync(5_000);
        await harness.ExecuteAsync($"ANALYZE {harness.Name("codes")}");
        await using var store = new PostgresCodeStore(
            "new", harness.DataSource, false, harness.Options, TimeProvider.System,
            (_, sql) => oldKey ? sql.Replace("force_generic_plan", "auto", StringComparison.Ordinal) : sql);
        await store.OpenAsync(new PoolDefinition("new", "format", CodeConsistency.Journaled), Token);
        await store.FillAsync(5_000);
        Epoch epoch = await store.OpenProcessAsync();
        Lease lease = await store.LeaseAsync(epoch, 100);
        await store.GetLevelsAsync(Token);
        await store.MarkAsync(epoch, [.. lease.Codes.Select((code, i) => new LeasedCode(lease.Number, lease.First + i, code))]);
        await store.SettleAsync(epoch, lease);
        string byNumber = $"pg_stat_get_tuples_returned('{harness.Options.Schema}.{harness.Options.TablePrefix}codes_pkey'::regclass)";
        string byCode = $"pg_stat_get_tuples_returned('{harness.Options.Schema}.{harness.Options.TablePrefix}codes_code_pool_key'::regclass)";
        await StatisticsAsync(harness, $"{byNumber} + {byCode}", 400);
        Assert.Equal(oldKey, await harness.QueryAsync<long>($"SELECT {byCode}") > 0);
    }

    /// <summary>Waits until the server knows of that many: statistics are sent when a backend is idle for long enough, or ends.</summary>
    private static async Task StatisticsAsync(PostgresHarness harness, string counted, long least)
    {
        harness.DataSource.Clear();
        for (int attempt = 0; await harness.QueryAsync<long>($"SELECT {counted}") < least && attempt < 200; attempt++)
            await Task.Delay(50, Token);
    }

    /// <summary>One connection, which prepares what it sends.</summary>
    private sealed class PreparingHarness : PostgresHarness
    {
        protected override string Settings => "Max Auto Prepare=200;Auto Prepare Min Usages=2;Maximum Pool Size=1;No Reset On Close=true";
    }
}
