using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Providers;
using Microsoft.Extensions.Logging.Testing;
using Npgsql;

namespace CodePool.Postgres.Tests.Support;

/// <summary>Batches that are worth two connections, and the log in which a second half that is lost must be told once, as must its return.</summary>
public abstract class SecondHalfSuite : StoreSuite<PostgresHarness>
{
    private protected const int Batch = FillStep.WorthTwo;
    private protected const int Half = Batch / 2;
    private protected const int Lost = 200;
    private protected const int Back = 201;

    private protected FakeLogger Log { get; } = new();

    /// <summary>How many batches were drawn.</summary>
    private protected int Drawn { get; private set; }

    private protected bool BothAreThere() => Harness.Count("idle in transaction") == 2;

    private protected int Count(int id) => Log.Collector.GetSnapshot().Count(record => record.Id.Id == id);

    private protected void AssertTold(string why)
    {
        FakeLogRecord record = Assert.Single(Log.Collector.GetSnapshot());
        Assert.Equal(Lost, record.Id.Id);
        Assert.Contains(why, record.Exception?.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(TestCodes.Of(Half + 1), $"{record.Message} {record.Exception}", StringComparison.Ordinal);
    }

    /// <summary>A connection that is there may still be late for a batch.</summary>
    private protected async Task AssertBackAsync(CodeStore store)
    {
        for (int batch = 0; batch < 5; batch++)
            await FillAsync(store, BothAreThere);
        Assert.Equal((1, 1), (Count(Lost), Count(Back)));
    }

    private protected async Task<CodeStore> OpenAsync(
        NpgsqlDataSource source, Func<string, string, string>? weaken = null, TimeProvider? time = null, SecondHalfPause? pause = null)
    {
        var store = new PostgresCodeStore(PoolName, source, ownsDataSource: false, Harness.Options, time ?? TimeProvider.System, weaken, Log, pause);
        await OpenAsync(store);
        return store;
    }

    private protected static async Task OpenAsync(CodeStore store) =>
        await store.OpenAsync(new PoolDefinition(PoolName, Format, CodeConsistency.Journaled), Token);

    /// <summary>The next codes, drawn when the condition holds.</summary>
    private protected Task<FillResult> FillAsync(CodeStore store, Func<bool>? until = null, CancellationToken? token = null) => Task.Run(
        async () => await store.FillAsync(
            new FillRequest(long.MaxValue, Batch, _ =>
            {
                while (until?.Invoke() == false)
                    Token.ThrowIfCancellationRequested();
                return TestCodes.Range((Batch * Drawn++) + 1, Batch);
            }),
            token ?? Token),
        Token);
}
