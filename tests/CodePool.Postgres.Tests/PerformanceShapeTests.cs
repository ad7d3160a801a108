using CodePool.ContractTests;
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

        // Statistics are sent when a backend is idle for long enough, or ends.
        harness.DataSource.Clear();
        string table = $"'{harness.Name("codes")}'::regclass";
        for (int attempt = 0; await harness.QueryAsync<long>($"SELECT pg_stat_get_tuples_updated({table})") < 10_000 && attempt < 200; attempt++)
            await Task.Delay(50, Token);
        Assert.Equal(10_000, await harness.QueryAsync<long>($"SELECT pg_stat_get_tuples_updated({table})"));
        Assert.Equal(10_000, await harness.QueryAsync<long>($"SELECT pg_stat_get_tuples_hot_updated({table})"));
    }
}
