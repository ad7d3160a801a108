using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>What a person must mend, what may pass, and that neither tells a secret.</summary>
public sealed class ErrorTests
{
    private static readonly PoolDefinition Pool = new("errors", "format", CodeConsistency.Journaled);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_wrong_password_is_a_configuration_error()
    {
        await using (NpgsqlDataSource admin = NpgsqlDataSource.Create(await PostgresServer.ConnectionStringAsync()))
        await using (NpgsqlCommand create = admin.CreateCommand(
            $"DO $$ BEGIN CREATE ROLE {PostgresInstance.WithPassword} LOGIN PASSWORD 'right'; EXCEPTION WHEN duplicate_object THEN NULL; END $$"))
            await create.ExecuteNonQueryAsync(Token);

        var failure = await Assert.ThrowsAsync<CodePoolConfigurationException>(() => OpenAsync(builder =>
            (builder.Username, builder.Password) = (PostgresInstance.WithPassword, "hunter2")));
        Assert.Contains("Password", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_database_is_a_configuration_error()
    {
        var failure = await Assert.ThrowsAsync<CodePoolConfigurationException>(() => OpenAsync(builder => builder.Database = "nowhere"));
        Assert.Contains("Database", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreachable_server_may_come_back()
    {
        int nobody = LoopbackPort.Free();
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => OpenAsync(builder => (builder.Host, builder.Port) = ("127.0.0.1", nobody)));
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => OpenAsync(builder => builder.Host = "no.such.host.invalid"));
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_may_come_later()
    {
        await using var harness = new ShortTimeoutHarness();
        await harness.CreateDatabaseAsync(Token);
        await using CodeStore store = harness.CreateStore(Pool.Name);
        await store.OpenAsync(Pool, Token);
        Epoch epoch = await store.OpenProcessAsync();
        await using NpgsqlConnection blocker = await harness.DataSource.OpenConnectionAsync(Token);
        await using NpgsqlTransaction transaction = await blocker.BeginTransactionAsync(Token);
        await using (var command = new NpgsqlCommand($"SELECT FROM {harness.Name("pools")} FOR UPDATE", blocker))
            await command.ExecuteNonQueryAsync(Token);

        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => store.TryLeaseAsync(epoch, 1));
        await transaction.RollbackAsync(Token);
        Assert.Equal(LeaseOutcome.Empty, (await store.TryLeaseAsync(epoch, 1)).Outcome);
    }

    [Fact]
    public async Task A_refused_row_tells_no_code()
    {
        await using var harness = new DetailHarness();
        await harness.CreateDatabaseAsync(Token);
        await using CodeStore store = harness.CreateStore(Pool.Name);
        await store.OpenAsync(Pool, Token);
        await store.FillAsync(3);

        // Somebody else's row under the next number: the unique constraint's message would name it.
        await harness.ExecuteAsync($"INSERT INTO {harness.Name("codes")} (id, created_at, pool, code) SELECT 4, now(), id, 'FOREIGN' FROM {harness.Name("pools")}");
        var failure = await Assert.ThrowsAsync<CodePoolConfigurationException>(() => store.FillAsync("SECRETCODE"));
        Assert.Contains("Audit", failure.Message, StringComparison.Ordinal);
        Assert.Equal("23505", Assert.IsType<PostgresException>(failure.InnerException).SqlState);
        Assert.DoesNotContain("(1, 4)", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("SECRETCODE", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_only_server_is_not_the_primary()
    {
        var failure = await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(
            () => OpenAsync(builder => builder.Options = "-c default_transaction_read_only=on"));
        Assert.Contains("primary", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_that_no_database_holds_is_no_code()
    {
        await using var harness = new PostgresHarness();
        await harness.CreateDatabaseAsync(Token);
        await using CodeStore store = harness.CreateStore(Pool.Name);
        await store.OpenAsync(Pool, Token);
        Assert.Null(await store.FindAsync("A\0B", Token));
        Assert.Null(await store.FindAsync("A\ud800", Token));
    }

    private static async Task OpenAsync(Action<NpgsqlConnectionStringBuilder> change)
    {
        var builder = new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync()) { Pooling = false };
        change(builder);
        await using var store = new PostgresCodeStore(
            Pool.Name, NpgsqlDataSource.Create(builder), ownsDataSource: true, new PostgresCodePoolOptions(), TimeProvider.System);
        await store.OpenAsync(Pool, Token);
    }

    private sealed class ShortTimeoutHarness : PostgresHarness
    {
        protected override string Settings => "Command Timeout=1";
    }

    private sealed class DetailHarness : PostgresHarness
    {
        protected override string Settings => "Include Error Detail=true";
    }
}
