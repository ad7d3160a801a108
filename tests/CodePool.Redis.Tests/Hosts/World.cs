using CodePool.Internal.InMemory;
using CodePool.Providers;

namespace CodePool.Redis.Tests.Hosts;

/// <summary>One database for any number of hosts.</summary>
internal sealed class World(TimeProvider? time = null)
{
    public InMemoryDatabase Database { get; } = new();

    public TimeProvider Time { get; } = time ?? TimeProvider.System;

    /// <summary>While it is set, no host reaches the database.</summary>
    public bool DatabaseIsDown { get; set; }

    /// <summary>A look past every fault.</summary>
    public CodeStore Store => new InMemoryCodeStore(Database, RedisHost.PoolName, Time);

    public RedisHost CreateHost(string redis, Action<CodePoolOptions>? configure = null) => new(this, redis, configure);

    /// <summary>A host, started.</summary>
    public async Task<RedisHost> StartAsync(string redis, Action<CodePoolOptions>? configure = null)
    {
        RedisHost host = CreateHost(redis, configure);
        await host.StartAsync();
        return host;
    }

    public async Task<CodePoolAudit> AssertExactAsync()
    {
        CodePoolAudit audit = await Store.AuditAsync(TestContext.Current.CancellationToken);
        Assert.True(audit.IsExact, $"{audit}: {string.Join("; ", audit.Findings)}");
        return audit;
    }

    /// <summary>A step of a process that died right after it.</summary>
    public async Task<T> OpenStoreAsync<T>(Func<CodeStore, ValueTask<T>> step)
    {
        var options = new CodePoolOptions();
        CodeStore store = Store;
        await store.OpenAsync(
            new PoolDefinition(RedisHost.PoolName, new CodeFormat(CodeAlphabet.Crockford, options.CodeLength).ToString(), options.Consistency),
            TestContext.Current.CancellationToken);
        return await step(store);
    }

    public async Task<CodeState> StateAsync(string code) =>
        (await Store.FindAsync(code, TestContext.Current.CancellationToken))!.State;

    public async Task<IReadOnlyList<Epoch>> SharedEpochsAsync() =>
        [.. (await Store.GetEpochsAsync(TestContext.Current.CancellationToken)).Where(epoch => epoch.Kind == EpochKind.Redis)];
}
