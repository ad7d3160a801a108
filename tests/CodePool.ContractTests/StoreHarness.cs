using CodePool.Providers;
using Microsoft.Extensions.Time.Testing;

namespace CodePool.ContractTests;

/// <summary>What a provider's test project writes once, so that every store suite can run against it. One instance serves one test.</summary>
public abstract class StoreHarness : IAsyncDisposable
{
    /// <summary>The clock of every store of this harness.</summary>
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>Whether the database has an identity that changes when it is replaced by a copy. SQLite has none.</summary>
    public virtual bool HasIdentity => true;

    /// <summary>Makes a database that no other test sees, empty. Called once, first.</summary>
    public virtual ValueTask CreateDatabaseAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>One more process on the database: a store of its own, not opened yet. The suite disposes it.</summary>
    public abstract CodeStore CreateStore(string poolName);

    /// <summary>Keeps everything the database holds now.</summary>
    public abstract ValueTask<object> TakeSnapshotAsync(CancellationToken cancellationToken);

    /// <summary>Lets the database go back in time, under the feet of the open stores. The database's identity does not change by it.</summary>
    public abstract ValueTask RestoreAsync(object snapshot, CancellationToken cancellationToken);

    /// <summary>Makes the database's identity differ from what the pool's record says.</summary>
    public virtual ValueTask ChangeIdentityAsync(string poolName, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"{GetType().Name} says it has an identity: override ChangeIdentityAsync.");

    /// <summary>Changes one thing in the database behind the stores' backs.</summary>
    public abstract ValueTask DamageAsync(string poolName, StoreDamage damage, long number, CancellationToken cancellationToken);

    /// <summary>Drops the database.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
