using CodePool.Postgres;
using CodePool.Postgres.Internal;
using CodePool.Providers;
using CodePool.TestServers;
using Npgsql;

namespace CodePool.Benchmarks.Postgres;

/// <summary>A server of its own with the default durability, and a pool's store in it.</summary>
internal sealed class PostgresPool : IAsyncDisposable
{
    private readonly PostgresInstance _server;
    private readonly CodeGenerator _generator;

    private PostgresPool(PostgresInstance server, NpgsqlDataSource database, PostgresCodeStore store, CodeGenerator generator) =>
        (_server, Database, Store, _generator) = (server, database, store, generator);

    public NpgsqlDataSource Database { get; }

    public PostgresCodeStore Store { get; }

    public Epoch Epoch { get; private set; } = null!;

    /// <param name="format">What the codes look like.</param>
    /// <param name="settings">Such as <c>autovacuum=off</c>.</param>
    public static async Task<PostgresPool> StartAsync(CodeFormat format, params string[] settings)
    {
        PostgresInstance server = await PostgresInstance.StartNewAsync(
            ["fsync=on", "synchronous_commit=on", "wal_writer_delay=200ms", "max_wal_size=4GB", .. settings]);
        NpgsqlDataSource database = OwnDataSource.Create(server.ConnectionString + ";Max Auto Prepare=50");
        var store = new PostgresCodeStore(
            "bench", database, ownsDataSource: false, new PostgresCodePoolOptions { Schema = "bench" }, TimeProvider.System);
        await store.OpenAsync(new PoolDefinition("bench", format.ToString(), CodeConsistency.Journaled), default);
        return new PostgresPool(server, database, store, new CodeGenerator(format))
        {
            Epoch = (await store.OpenEpochAsync(new EpochRequest(EpochKind.Process, Guid.NewGuid(), "bench"), default))!,
        };
    }

    /// <summary>Adds codes until so many are available.</summary>
    public async Task FillAsync(long available)
    {
        while ((await Store.FillAsync(new FillRequest(available, Store.FillBatchSize, _generator.Generate), default)).Available < available)
        {
            // A batch at a time.
        }
    }

    public async Task<LeasedCode[]> LeaseAsync(int count) =>
    [
        .. from lease in (await Store.LeaseAsync(new LeaseRequest(Epoch, Guid.NewGuid(), count, 0), default)).Leases
           from place in Enumerable.Range(0, lease.Codes.Count)
           select new LeasedCode(lease.Number, lease.First + place, lease.Codes[place]),
    ];

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Database.DisposeAsync();
        await _server.DisposeAsync();
    }
}
