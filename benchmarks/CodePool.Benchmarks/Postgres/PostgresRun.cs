using CodePool.Benchmarks.Ratios;
using CodePool.Postgres;
using CodePool.Postgres.Internal;
using CodePool.TestServers;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Benchmarks.Postgres;

/// <summary>
/// What the comparisons with PostgreSQL share: a server (from <c>CODEPOOL_BENCH_POSTGRES</c>, else local binaries with the
/// server's default durability and memory for the tables, as a server in use has), a table as one would make it first, and a pool, both with the same
/// number of codes. What is compared is compared twice: with this disk's commits, and with slower ones.
/// </summary>
internal abstract class PostgresRun : IRatioRun
{
    protected const int Rows = 500_000;

    /// <summary>Microseconds, as on a disk behind a network or with a synchronous standby. The plain ways pay a commit for each code.</summary>
    private const int SlowCommit = 500;

    private static readonly CodeGenerator Generator = new(new CodeFormat(CodeAlphabet.Crockford, 12));

    private PostgresInstance? _instance;

    public abstract string Name { get; }

    public virtual int Rounds => 3;

    protected virtual bool ComparesSlowCommits => true;

    protected NpgsqlDataSource Database { get; private set; } = null!;

    /// <summary>What <c>UsePostgres(connectionString)</c> makes of the same string.</summary>
    protected NpgsqlDataSource Own { get; private set; } = null!;

    protected CodeStore Store { get; private set; } = null!;

    protected static string Setting => $"12 symbols, {Rows:N0} rows to begin with";

    public async Task<IReadOnlyList<Variant>> PrepareAsync()
    {
        string? configured = Environment.GetEnvironmentVariable("CODEPOOL_BENCH_POSTGRES");
        _instance = configured is null
            ? await PostgresInstance.StartNewAsync(
                "fsync=on", "synchronous_commit=on", "wal_writer_delay=200ms", "max_wal_size=4GB", "shared_buffers=2GB", "commit_siblings=0")
            : null;
        string connection = (configured ?? _instance!.ConnectionString) + ";Maximum Pool Size=16;Max Auto Prepare=50";
        Database = NpgsqlDataSource.Create(connection);
        Own = OwnDataSource.Create(connection);
        Console.WriteLine($"# PostgreSQL {await ScalarAsync("SHOW server_version")}, fsync {await ScalarAsync("SHOW fsync")}, shared_buffers {await ScalarAsync("SHOW shared_buffers")}");

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
        IReadOnlyList<Variant> variants = await VariantsAsync();

        // A server that was given is not ours to be set.
        return configured is null && ComparesSlowCommits ? [.. variants, .. variants.Where(IsPlainOrOurs).Select(WithSlowCommits)] : variants;
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

    private static bool IsPlainOrOurs(Variant variant) => variant.IsPlain || variant.Name.StartsWith("CodePool", StringComparison.Ordinal);

    private Variant WithSlowCommits(Variant variant) => variant with
    {
        Setting = $"{variant.Setting}, each commit {SlowCommit / 1000.0} ms slower",
        RunAsync = async () =>
        {
            await DelayCommitsAsync(SlowCommit);
            try
            {
                return await variant.RunAsync();
            }
            finally
            {
                await DelayCommitsAsync(0);
            }
        },
    };

    /// <summary>The server waits so long before it flushes its log. A session hears of it before its next statement.</summary>
    private async Task DelayCommitsAsync(int microseconds)
    {
        await ExecuteAsync($"ALTER SYSTEM SET commit_delay = {microseconds}");
        await ExecuteAsync("SELECT pg_reload_conf()");
        while ((string)(await ScalarAsync("SHOW commit_delay"))! != $"{microseconds}")
            await Task.Delay(1);
    }

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
