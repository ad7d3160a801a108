using CodePool.Benchmarks.Ratios;
using CodePool.Postgres;
using CodePool.Postgres.Internal;
using CodePool.TestServers;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Benchmarks.Postgres;

/// <summary>
/// What the comparisons with PostgreSQL share: a server (from <c>CODEPOOL_BENCH_POSTGRES</c>, else local binaries with the
/// server's default durability and memory for the tables, as a server in use has; <c>CODEPOOL_BENCH_COMMIT_DELAY</c>, microseconds, makes its commits as slow as another disk's), a table as one would make it first, and a pool, both with the same number of codes.
/// </summary>
internal abstract class PostgresRun : IRatioRun
{
    protected const int Rows = 500_000;

    private static readonly CodeGenerator Generator = new(new CodeFormat(CodeAlphabet.Crockford, 12));

    private PostgresInstance? _instance;

    public abstract string Name { get; }

    public virtual int Rounds => 3;

    protected NpgsqlDataSource Database { get; private set; } = null!;

    /// <summary>What <c>UsePostgres(connectionString)</c> makes of the same string.</summary>
    protected NpgsqlDataSource Own { get; private set; } = null!;

    protected CodeStore Store { get; private set; } = null!;

    protected static string Setting => $"12 symbols, {Rows:N0} rows to begin with";

    public async Task<IReadOnlyList<Variant>> PrepareAsync()
    {
        string? configured = Environment.GetEnvironmentVariable("CODEPOOL_BENCH_POSTGRES");
        string delay = Environment.GetEnvironmentVariable("CODEPOOL_BENCH_COMMIT_DELAY") ?? "0";
        _instance = configured is null
            ? await PostgresInstance.StartNewAsync(
                "fsync=on", "synchronous_commit=on", "wal_writer_delay=200ms", "max_wal_size=4GB", "shared_buffers=2GB", $"commit_delay={delay}", "commit_siblings=0")
            : null;
        string connection = (configured ?? _instance!.ConnectionString) + ";Maximum Pool Size=16;Max Auto Prepare=50";
        Database = NpgsqlDataSource.Create(connection);
        Own = OwnDataSource.Create(connection);
        Console.WriteLine($"# PostgreSQL {await ScalarAsync("SHOW server_version")}, fsync {await ScalarAsync("SHOW fsync")}, shared_buffers {await ScalarAsync("SHOW shared_buffers")}, commit_delay {delay} µs");

        await ExecuteAsync("DROP TABLE IF EXISTS plain; DROP SCHEMA IF EXISTS bench CASCADE");
        await ExecuteAsync("""
            CREATE TABLE plain (
              id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
              code text NOT NULL UNIQUE,
              status smallint NOT NULL DEFAULT 0,
              created_at timestamptz NOT NULL DEFAULT now(),
              updated_at timestamptz);
            CREATE INDEX ON plain (status)
            """);
        Store = new PostgresCodeStore("bench", Own, ownsDataSource: false, new PostgresCodePoolOptions { Schema = "bench" }, TimeProvider.System);
        await Store.OpenAsync(new PoolDefinition("bench", "12", CodeConsistency.Journaled), default);
        await FillPoolAsync(Rows);
        await CopyPlainAsync(Generator.Generate(Rows));
        await ExecuteAsync("VACUUM ANALYZE");
        return await VariantsAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Own.DisposeAsync();
        await Database.DisposeAsync();
        if (_instance is not null)
            await _instance.DisposeAsync();
    }

    protected abstract Task<IReadOnlyList<Variant>> VariantsAsync();

    protected static string[] Draw(int count) => Generator.Generate(count);

    /// <summary>Adds codes to the pool.</summary>
    protected async Task FillPoolAsync(int count)
    {
        long target = (await Store.GetLevelsAsync(default)).Available + count;
        while ((await Store.FillAsync(new FillRequest(target, Store.FillBatchSize, Draw), default)).Available < target)
        {
            // A batch at a time.
        }
    }

    protected async Task CopyPlainAsync(string[] codes)
    {
        await using NpgsqlConnection connection = await Database.OpenConnectionAsync();
        await using NpgsqlBinaryImporter import = await connection.BeginBinaryImportAsync("COPY plain (code) FROM STDIN (FORMAT binary)");
        foreach (string code in codes)
        {
            await import.StartRowAsync();
            await import.WriteAsync(code);
        }

        await import.CompleteAsync();
    }

    protected async Task ExecuteAsync(string sql)
    {
        await using NpgsqlCommand command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    protected async Task<object?> ScalarAsync(string sql)
    {
        await using NpgsqlCommand command = Database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>An epoch of this process, to lease for.</summary>
    protected async Task<Epoch> OpenEpochAsync() =>
        (await Store.OpenEpochAsync(new EpochRequest(EpochKind.Process, Guid.NewGuid(), "bench"), default))!;

    protected async Task<IReadOnlyList<Lease>> LeaseAsync(Epoch epoch, int count) =>
        (await Store.LeaseAsync(new LeaseRequest(epoch, Guid.NewGuid(), count, 0), default)).Leases;
}
