using CodePool.ContractTests;
using CodePool.Postgres.Internal;
using CodePool.Postgres.Tests.Support;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Tests;

/// <summary>Creating the tables, looking for them, and refusing what does not fit.</summary>
public sealed class SchemaTests : IAsyncLifetime
{
    private static readonly PoolDefinition Pool = new("schema", "format", CodeConsistency.Journaled);

    private readonly PostgresHarness _harness = new();
    private readonly string _role = $"r_{Guid.NewGuid():N}";
    private bool _hasRole;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _harness.CreateDatabaseAsync(Token);

    public async ValueTask DisposeAsync()
    {
        if (_hasRole)
            await _harness.ExecuteAsync($"DROP OWNED BY {_role}; DROP ROLE {_role}");
        await _harness.DisposeAsync();
    }

    [Fact]
    public async Task Many_processes_may_start_at_once_on_an_empty_database()
    {
        PoolRecord[] records = await Task.WhenAll(Enumerable.Range(0, 12).Select(async _ =>
        {
            await using CodeStore store = _harness.CreateStore(Pool.Name);
            return await store.OpenAsync(Pool, Token);
        }));
        Assert.Single(records.Distinct());
        Assert.Equal(1, await _harness.QueryAsync<int>($"SELECT count(*) FROM {_harness.Name("pools")}"));
    }

    [Fact]
    public async Task A_role_without_create_starts_on_a_prepared_schema()
    {
        await PrepareAsync();
        await CreateRoleAsync($"GRANT USAGE ON SCHEMA {_harness.Options.Schema} TO {_role}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {_harness.Options.Schema} TO {_role}");
        await using CodeStore store = await CreateStoreAsRoleAsync(_harness.Options);
        await store.OpenAsync(Pool, Token);
        await store.FillAsync(10);
        Epoch epoch = await store.OpenProcessAsync();
        Lease lease = await store.LeaseAsync(epoch, 5);
        Assert.Equal(5, (await store.MarkAsync(epoch, [.. lease.Codes.Select((code, i) => new LeasedCode(lease.Number, lease.First + i, code))])).Marked);
        Assert.Equal(1, (await store.SettleAsync(epoch, lease)).Settled);
        Assert.True((await store.AuditAsync(Token)).IsExact);
        Assert.True((await store.RecoverAsync(epoch.Number)).Performed);
    }

    [Fact]
    public async Task A_role_without_rights_is_told_which()
    {
        await CreateRoleAsync("SELECT 1");
        await using CodeStore cannotCreate = await CreateStoreAsRoleAsync(_harness.Options);
        var failure = await Assert.ThrowsAsync<CodePoolConfigurationException>(async () => await cannotCreate.OpenAsync(Pool, Token));
        Assert.Contains("GRANT", failure.Message, StringComparison.Ordinal);

        await PrepareAsync();
        await using CodeStore cannotRead = await CreateStoreAsRoleAsync(_harness.Options);
        failure = await Assert.ThrowsAsync<CodePoolConfigurationException>(async () => await cannotRead.OpenAsync(Pool, Token));
        Assert.Contains("permission denied", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_creates_nothing_and_shows_the_script()
    {
        _harness.Options.SchemaMode = PostgresSchemaMode.Validate;
        await using CodeStore store = _harness.CreateStore(Pool.Name);
        var failure = await Assert.ThrowsAsync<CodePoolConfigurationException>(async () => await store.OpenAsync(Pool, Token));
        string script = PostgresSchema.GetScript(_harness.Options);
        Assert.Contains(script, failure.Message, StringComparison.Ordinal);
        Assert.False(await _harness.QueryAsync<bool>($"SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = '{_harness.Options.Schema}')"));

        await _harness.ExecuteAsync($"CREATE SCHEMA {_harness.Options.Schema}; {script}");
        await store.OpenAsync(Pool, Token);
    }

    [Fact]
    public async Task Off_does_not_look()
    {
        _harness.Options.SchemaMode = PostgresSchemaMode.Off;
        await using CodeStore store = _harness.CreateStore(Pool.Name);
        var failure = await Assert.ThrowsAsync<CodePoolConfigurationException>(async () => await store.OpenAsync(Pool, Token));
        Assert.Contains("SchemaMode", failure.Message, StringComparison.Ordinal);

        await PrepareAsync();
        await store.OpenAsync(Pool, Token);
    }

    [Fact]
    public async Task A_newer_version_is_refused_and_both_are_named()
    {
        await PrepareAsync();
        await _harness.ExecuteAsync($"UPDATE {_harness.Name("schema")} SET version = 7");
        await using CodeStore store = _harness.CreateStore(Pool.Name);
        var failure = await Assert.ThrowsAsync<CodePoolConfigurationException>(async () => await store.OpenAsync(Pool, Token));
        Assert.Contains("version 7", failure.Message, StringComparison.Ordinal);
        Assert.Contains("version 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pool_beyond_the_32767th_is_refused_and_told_what_to_do()
    {
        await PrepareAsync();
        await _harness.ExecuteAsync($"ALTER TABLE {_harness.Name("pools")} ALTER COLUMN id RESTART WITH 32767");
        await using CodeStore last = _harness.CreateStore("last");
        await last.OpenAsync(Pool with { Name = "last" }, Token);
        await last.FillAsync(3);
        await last.AssertLevelsAsync(available: 3);
        await using CodeStore next = _harness.CreateStore("next");
        var failure = await Assert.ThrowsAsync<CodePoolConfigurationException>(async () => await next.OpenAsync(Pool with { Name = "next" }, Token));
        Assert.Contains("32,767", failure.Message, StringComparison.Ordinal);
        Assert.Contains("TablePrefix", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\"; DROP TABLE x; --", "codepool_", "Schema")]
    [InlineData("", "codepool_", "Schema")]
    [InlineData("1st", "codepool_", "Schema")]
    [InlineData("name\n", "codepool_", "Schema")]
    [InlineData("schéma", "codepool_", "Schema")]
    [InlineData("public", "pre'fix", "TablePrefix")]
    [InlineData("public", "a_prefix_that_leaves_no_room_for_the_name_of_a_table", "TablePrefix")]
    public void Names_outside_the_allow_list_are_refused(string schema, string prefix, string key)
    {
        var options = new PostgresCodePoolOptions { Schema = schema, TablePrefix = prefix };
        var failure = Assert.Throws<CodePoolConfigurationException>(
            () => new PostgresCodeStore("p", _harness.DataSource, false, options, TimeProvider.System));
        Assert.Contains(key, failure.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => PostgresSchema.GetScript(options));
    }

    [Theory]
    [InlineData("Mixed_Case")]
    [InlineData("")]
    [InlineData("prefix_of_forty_characters_1234567890_ab")]
    public async Task Prefixes_are_kept_as_they_are_written(string prefix)
    {
        _harness.Options.TablePrefix = prefix;
        await using CodeStore store = _harness.CreateStore(Pool.Name);
        await store.OpenAsync(Pool, Token);
        Assert.Equal(8, await _harness.QueryAsync<int>(
            $"SELECT count(*) FROM pg_tables WHERE schemaname = '{_harness.Options.Schema}' AND tablename LIKE @prefix", new { prefix = $"{prefix}%" }));
    }

    [Theory]
    [InlineData("it's \"quoted\"; DROP TABLE codepool_codes; --")]
    [InlineData("{codepool.codes} @pool")]
    public async Task A_pool_may_have_any_name(string name)
    {
        await using CodeStore store = _harness.CreateStore(name);
        await store.OpenAsync(Pool with { Name = name }, Token);
        await store.FillAsync(3);
        await store.LeaseAsync(await store.OpenProcessAsync(), 2);
        await store.AssertLevelsAsync(available: 1, leased: 2);
    }

    private async Task PrepareAsync()
    {
        await using CodeStore owner = new PostgresCodeStore(
            Pool.Name, _harness.DataSource, false, new PostgresCodePoolOptions { Schema = _harness.Options.Schema }, TimeProvider.System);
        await owner.OpenAsync(Pool, Token);
    }

    private async Task CreateRoleAsync(string grants)
    {
        await _harness.ExecuteAsync($"CREATE ROLE {_role} LOGIN PASSWORD 'secret'; {grants}");
        _hasRole = true;
    }

    private async Task<CodeStore> CreateStoreAsRoleAsync(PostgresCodePoolOptions options)
    {
        var builder = new NpgsqlConnectionStringBuilder(await PostgresServer.ConnectionStringAsync()) { Username = _role, Password = "secret", Pooling = false };
        return new PostgresCodeStore(Pool.Name, NpgsqlDataSource.Create(builder), ownsDataSource: true, options, TimeProvider.System);
    }
}
