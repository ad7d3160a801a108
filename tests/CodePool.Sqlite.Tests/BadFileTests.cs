using CodePool.Providers;
using CodePool.Sqlite.Internal;
using Microsoft.Data.Sqlite;

namespace CodePool.Sqlite.Tests;

/// <summary>Every way a file can be unusable is named, with the file and the fix.</summary>
public sealed class BadFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string DatabasePath => _directory.File("codes.db");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task A_missing_directory() =>
        RefusesAsync(new() { Path = _directory.File("missing/codes.db") }, _directory.File("missing"), "does not exist", "Create it");

    [Fact]
    public async Task A_missing_file_that_may_not_be_created()
    {
        await RefusesAsync(new() { Path = DatabasePath, CreateIfMissing = false }, DatabasePath, "CreateIfMissing");
        Assert.False(File.Exists(DatabasePath));
    }

    [Fact]
    public Task A_directory_in_place_of_a_file() => RefusesAsync(new() { Path = _directory.FullPath }, _directory.FullPath, "is a directory");

    [Fact]
    public async Task Another_kind_of_file()
    {
        await File.WriteAllTextAsync(DatabasePath, string.Concat(Enumerable.Repeat("not a database. ", 100)), Token);
        await RefusesAsync(new() { Path = DatabasePath }, DatabasePath, "is not a SQLite database");
    }

    [Fact]
    public async Task A_damaged_file()
    {
        await CreateAsync();
        await using (FileStream file = File.OpenWrite(DatabasePath))
        {
            file.Position = 100;
            await file.WriteAsync(Enumerable.Repeat((byte)0xA5, 4000).ToArray(), Token);
        }

        await RefusesAsync(new() { Path = DatabasePath }, DatabasePath, "damaged", "backup");
    }

    [Fact]
    public async Task A_newer_schema()
    {
        await CreateAsync();
        Database.Ask(DatabasePath, "INSERT INTO codepool_schema (version) VALUES (1000)");
        await RefusesAsync(new() { Path = DatabasePath }, DatabasePath, "version 1000", $"up to {Schema.Current}");
    }

    [Fact]
    public async Task A_file_that_another_program_keeps_locked()
    {
        await CreateAsync();
        using SqliteConnection other = Database.Open(DatabasePath);
        other.Ask("PRAGMA locking_mode = EXCLUSIVE");
        other.Ask("BEGIN EXCLUSIVE");
        await RefusesAsync(new() { Path = DatabasePath, BusyTimeout = TimeSpan.FromMilliseconds(50) }, DatabasePath, "locked", "BusyTimeout");
    }

    [Theory]
    [InlineData("")]
    [InlineData(":memory:")]
    [InlineData("file:codes.db?mode=memory")]
    public void A_path_that_names_no_file(string path)
    {
        var refusal = Assert.Throws<CodePoolConfigurationException>(() => { New(new() { Path = path }); });
        Assert.Contains("file", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_write_access(bool toTheFile)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Unix modes.");
        await CreateAsync();
        SetMode(DatabasePath, toTheFile ? 0b100_100_100 : 0b110_110_110);
        SetMode(_directory.FullPath, toTheFile ? 0b111_111_111 : 0b101_101_101);

        // Root may write anything: the worker goes without that right then. (As nobody it could not read itself in a clone that only root may enter.)
        using WorkerProcess worker = Environment.IsPrivilegedProcess
            ? WorkerProcess.StartThrough("setpriv", ["--bounding-set=-dac_override,-dac_read_search"], "open", DatabasePath)
            : WorkerProcess.Start("open", DatabasePath);
        string line = Assert.Single(await worker.ReadUntilAsync(_ => false));
        SetMode(_directory.FullPath, 0b111_101_101);
        Assert.StartsWith("failed CodePoolConfigurationException", line, StringComparison.Ordinal);
        Assert.Contains(DatabasePath, line, StringComparison.Ordinal);
        Assert.Contains("access", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_room_left()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs ulimit.");
        await CreateAsync();
        using WorkerProcess worker = WorkerProcess.StartThrough(
            "bash", ["-c", "trap '' XFSZ; ulimit -f 512; DOTNET_EnableWriteXorExecute=0 exec \"$@\"", "bash"], "fill", DatabasePath);
        List<string> said = await worker.ReadUntilAsync(line => line.StartsWith("failed", StringComparison.Ordinal));
        Assert.StartsWith("failed CodePoolStoreUnavailableException", said[^1], StringComparison.Ordinal);
        Assert.Contains(DatabasePath, said[^1], StringComparison.Ordinal);
        Assert.Equal("ok", Database.Ask(DatabasePath, "PRAGMA integrity_check"));
    }

    [Theory]
    [InlineData(13, "full")]
    [InlineData(10, "disk")]
    public void What_may_pass_is_unavailable(int code, string word)
    {
        var failure = SqliteFailure.Later(new SqliteException("", code), "pool", DatabasePath);
        Assert.IsType<CodePoolStoreUnavailableException>(failure);
        Assert.Contains(word, failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private static SqliteCodeStore New(SqliteCodePoolOptions options) => new("pool", options, TimeProvider.System);

    private static ValueTask<PoolRecord> OpenAsync(SqliteCodeStore store) =>
        store.OpenAsync(new PoolDefinition("pool", "format", CodeConsistency.Journaled), Token);

    private static void SetMode(string path, int mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)mode);
    }

    private async Task CreateAsync()
    {
        await using SqliteCodeStore store = New(new() { Path = DatabasePath });
        await OpenAsync(store);
    }

    private static async Task RefusesAsync(SqliteCodePoolOptions options, params string[] words)
    {
        await using SqliteCodeStore store = New(options);
        var refusal = await Assert.ThrowsAsync<CodePoolConfigurationException>(async () => await OpenAsync(store));
        Assert.All(words, word => Assert.Contains(word, refusal.Message, StringComparison.Ordinal));
    }
}
