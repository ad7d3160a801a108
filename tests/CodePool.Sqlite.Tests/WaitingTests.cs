using CodePool.ContractTests;
using CodePool.Providers;
using CodePool.Sqlite.Internal;
using Microsoft.Data.Sqlite;

namespace CodePool.Sqlite.Tests;

/// <summary>What happens while another program holds the file, and after the store is gone.</summary>
public sealed class WaitingTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private SqliteCodeStore _store = null!;

    private string DatabasePath => _directory.File("codes.db");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await OpenAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_lock_that_lasts_is_unavailable_and_passes()
    {
        await using SqliteCodeStore impatient = await OpenAsync(TimeSpan.FromMilliseconds(20));
        using (SqliteConnection other = Lock())
        {
            var refusal = await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => impatient.OpenProcessAsync());
            Assert.Contains(DatabasePath, refusal.Message, StringComparison.Ordinal);
            Assert.NotNull(await impatient.GetLevelsAsync(Token));
        }

        await impatient.OpenProcessAsync();
    }

    [Fact]
    public async Task A_wait_blocks_no_thread_and_ends_with_the_lock()
    {
        Task<Epoch> waiting;
        using (Lock())
        {
            waiting = _store.OpenProcessAsync();
            Assert.False(waiting.IsCompleted);
        }

        await waiting;
    }

    [Fact]
    public async Task A_wait_can_be_cancelled_and_leaves_the_store_usable()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using (Lock())
        {
            ValueTask<FillResult> waiting = _store.FillAsync(new FillRequest(10, 10, count => TestCodes.Range(1, count)), source.Token);
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        }

        await _store.FillAsync(3);
        await _store.AssertLevelsAsync(available: 3);
    }

    [Fact]
    public async Task Cancelled_before_the_commit_changes_nothing()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var request = new FillRequest(10, 10, count =>
        {
            source.Cancel();
            return TestCodes.Range(1, count);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _store.FillAsync(request, source.Token));
        await _store.AssertLevelsAsync();
    }

    [Fact]
    public async Task Disposed_the_log_is_in_the_file_and_the_file_is_free()
    {
        await _store.FillAsync(5);
        await _store.DisposeAsync();
        Assert.False(File.Exists(DatabasePath + "-wal"));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await _store.GetLevelsAsync(Token));
        await using SqliteCodeStore next = await OpenAsync(TimeSpan.FromSeconds(5));
        await next.AssertLevelsAsync(available: 5);
    }

    [Fact]
    public async Task A_pool_under_the_same_name_in_another_file_is_not_taken_for_this_one()
    {
        Database.Ask(DatabasePath, "UPDATE codepool_pools SET uid = randomblob(16)");
        var refusal = await Assert.ThrowsAsync<CodePoolConfigurationException>(async () => await _store.GetLevelsAsync(Token));
        Assert.Contains("replaced", refusal.Message, StringComparison.Ordinal);
    }

    private SqliteConnection Lock()
    {
        SqliteConnection other = Database.Open(DatabasePath);
        other.Ask("BEGIN IMMEDIATE");
        return other;
    }

    private async Task<SqliteCodeStore> OpenAsync(TimeSpan busyTimeout)
    {
        var store = new SqliteCodeStore(
            "pool", new SqliteCodePoolOptions { Path = DatabasePath, BusyTimeout = busyTimeout }, TimeProvider.System);
        await store.OpenAsync(new PoolDefinition("pool", "format", CodeConsistency.Journaled), Token);
        return store;
    }
}
