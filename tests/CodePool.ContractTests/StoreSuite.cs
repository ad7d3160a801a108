using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>What every store suite begins with: a fresh database with one open, empty, Journaled pool.</summary>
public abstract class StoreSuite<THarness> : IAsyncLifetime
    where THarness : StoreHarness, new()
{
    protected const string PoolName = "contract";
    protected const string Format = "test format";

    private readonly List<CodeStore> _stores = [];

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected THarness Harness { get; } = new();

    /// <summary>The first process on the Journaled pool.</summary>
    protected CodeStore Store { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        await Harness.CreateDatabaseAsync(Token);
        Store = await OpenStoreAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (CodeStore store in _stores)
            await store.DisposeAsync();
        await Harness.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>One more process, on the Journaled pool.</summary>
    protected Task<CodeStore> OpenStoreAsync() => OpenStoreAsync(new PoolDefinition(PoolName, Format, CodeConsistency.Journaled));

    /// <summary>A process on the Confirmed pool, which has its own name.</summary>
    protected Task<CodeStore> OpenConfirmedAsync() => OpenStoreAsync(new PoolDefinition("confirmed", Format, CodeConsistency.Confirmed));

    protected async Task<CodeStore> OpenStoreAsync(PoolDefinition definition)
    {
        CodeStore store = CreateStore(definition.Name);
        await store.OpenAsync(definition, Token);
        return store;
    }

    /// <summary>A process that has not opened its pool.</summary>
    protected CodeStore CreateStore(string poolName)
    {
        CodeStore store = Harness.CreateStore(poolName);
        lock (_stores)
            _stores.Add(store);
        return store;
    }

    protected ValueTask DamageAsync(StoreDamage damage, long number = 0) =>
        Harness.DamageAsync(PoolName, damage, number, Token);
}
