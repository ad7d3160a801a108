using CodePool.Internal.InMemory;
using CodePool.Providers;
using Microsoft.Extensions.Time.Testing;

namespace CodePool.Tests.Support;

/// <summary>One database and one clock, for any number of hosts after or beside each other.</summary>
internal sealed class World
{
    public const string Pool = "default";

    public InMemoryDatabase Database { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>A look past every decorator.</summary>
    public CodeStore Store => new InMemoryCodeStore(Database, Pool, Time);

    /// <summary>A host, not started.</summary>
    public TestHost CreateHost(Action<CodePoolOptions>? configure = null, CodeCache? shared = null) => new(this, configure, shared);

    /// <summary>A host, started.</summary>
    public async Task<TestHost> StartAsync(Action<CodePoolOptions>? configure = null)
    {
        TestHost host = CreateHost(configure);
        await host.StartAsync();
        return host;
    }

    public async Task<StoreLevels> LevelsAsync() => await Store.GetLevelsAsync(TestContext.Current.CancellationToken);

    public async Task<CodePoolAudit> AssertExactAsync()
    {
        CodePoolAudit audit = await Store.AuditAsync(TestContext.Current.CancellationToken);
        Assert.True(audit.IsExact, $"{audit}: {string.Join("; ", audit.Findings)}");
        return audit;
    }

    public async Task<CodeState> StateAsync(string code) =>
        (await Store.FindAsync(code, TestContext.Current.CancellationToken))!.State;
}
