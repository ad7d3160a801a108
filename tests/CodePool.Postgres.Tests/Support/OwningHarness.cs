using CodePool.Postgres.Internal;
using CodePool.Providers;

namespace CodePool.Postgres.Tests.Support;

/// <summary>Each store has a data source of its own, as <c>UsePostgres(connectionString)</c> makes it, through the pooler if there is one.</summary>
internal sealed class OwningHarness(PgBouncer? bouncer) : PostgresHarness
{
    private string _server = "";

    public override async ValueTask CreateDatabaseAsync(CancellationToken cancellationToken)
    {
        _server = await ConnectionStringAsync();
        await base.CreateDatabaseAsync(cancellationToken);
    }

    public override CodeStore CreateStore(string poolName) => new PostgresCodeStore(
        poolName, OwnDataSource.Create($"{_server};Maximum Pool Size=2"), ownsDataSource: true, Options, Time);

    protected override Task<string> ConnectionStringAsync() => bouncer is null ? base.ConnectionStringAsync() : Task.FromResult(bouncer.ConnectionString);
}
