using System.Globalization;
using CodePool.ContractTests;
using CodePool.Providers;
using CodePool.Sqlite.Internal;

namespace CodePool.Sqlite.Tests;

/// <summary>Several real processes on one file.</summary>
public sealed class ManyProcessesTests : IDisposable
{
    private const int Codes = 2_000;

    private readonly TemporaryDirectory _directory = new();

    private string DatabasePath => _directory.File("codes.db");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_processes_never_lease_the_same_number()
    {
        await using SqliteCodeStore store = await OpenAsync();
        await store.FillAsync(new FillRequest(Codes, Codes, count => TestCodes.Range(1, count)), Token);
        using WorkerProcess one = WorkerProcess.Start("drain", DatabasePath), two = WorkerProcess.Start("drain", DatabasePath);
        List<string>[] said = await Task.WhenAll(one.ReadUntilAsync(line => line == "done"), two.ReadUntilAsync(line => line == "done"));
        Assert.All(said, lines => Assert.Contains("done", lines));
        Assert.Equal(Enumerable.Range(1, Codes).Select(number => (long)number), said.SelectMany(lines => lines).SelectMany(Numbers).Order());
        await store.AssertLevelsAsync(leased: Codes);
    }

    [Fact]
    public async Task A_lease_gets_in_between_the_batches_of_another_process()
    {
        await using SqliteCodeStore store = await OpenAsync();
        using WorkerProcess filler = WorkerProcess.Start("fill", DatabasePath);
        await filler.ReadUntilAsync(line => line.StartsWith("filled", StringComparison.Ordinal));
        Epoch epoch = await store.OpenProcessAsync();
        for (int lease = 0; lease < 20; lease++)
            await store.LeaseRunsAsync(epoch, 5);
        await filler.KillAsync();
        await store.AssertExactAsync();
    }

    [Fact]
    public async Task Processes_create_the_file_at_once()
    {
        WorkerProcess[] workers = [.. Enumerable.Range(0, 3).Select(_ => WorkerProcess.Start("open", DatabasePath))];
        foreach (WorkerProcess worker in workers)
        {
            Assert.Equal(["done"], await worker.ReadUntilAsync(_ => false));
            worker.Dispose();
        }
    }

    [Fact]
    public async Task Stores_create_the_schema_at_once()
    {
        SqliteCodeStore[] stores = [.. Enumerable.Range(0, 6).Select(_ => New())];
        PoolRecord[] records = await Task.WhenAll(stores.Select(store =>
            Task.Run(() => store.OpenAsync(Definition, Token).AsTask(), Token)));
        Assert.Single(records.Select(record => record.Id).Distinct());
        Assert.Equal(1L, Database.Ask(DatabasePath, "SELECT count(*) FROM codepool_schema"));
        foreach (SqliteCodeStore store in stores)
            await store.DisposeAsync();
    }

    public void Dispose() => _directory.Dispose();

    private static PoolDefinition Definition => new("journaled", "worker", CodeConsistency.Journaled);

    private static IEnumerable<long> Numbers(string line)
    {
        string[] words = line.Split(' ');
        if (words[0] != "leased")
            return [];
        long first = long.Parse(words[2], CultureInfo.InvariantCulture), last = long.Parse(words[3], CultureInfo.InvariantCulture);
        return Enumerable.Range(0, (int)(last - first + 1)).Select(offset => first + offset);
    }

    private SqliteCodeStore New() => new("journaled", new SqliteCodePoolOptions { Path = DatabasePath }, TimeProvider.System);

    private async Task<SqliteCodeStore> OpenAsync()
    {
        SqliteCodeStore store = New();
        await store.OpenAsync(Definition, Token);
        return store;
    }
}
