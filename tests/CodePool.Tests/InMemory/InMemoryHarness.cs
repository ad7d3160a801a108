using CodePool.ContractTests;
using CodePool.Internal.InMemory;
using CodePool.Providers;

namespace CodePool.Tests.InMemory;

/// <summary>The in-memory store under the store suites.</summary>
public sealed class InMemoryHarness : StoreHarness
{
    private readonly InMemoryDatabase _database = new();

    public override CodeStore CreateStore(string poolName) => new InMemoryCodeStore(_database, poolName, Time);

    public override ValueTask<object> TakeSnapshotAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<object>(_database.Snapshot());

    public override ValueTask RestoreAsync(object snapshot, CancellationToken cancellationToken)
    {
        _database.Restore((InMemoryDatabase)snapshot);
        return ValueTask.CompletedTask;
    }

    public override ValueTask ChangeIdentityAsync(string poolName, CancellationToken cancellationToken)
    {
        lock (_database.Gate)
            _database.Identity = Guid.NewGuid().ToString("N");
        return ValueTask.CompletedTask;
    }

    public override ValueTask DamageAsync(string poolName, StoreDamage damage, long number, CancellationToken cancellationToken)
    {
        lock (_database.Gate)
            Damage(_database.Find(poolName)!, damage, number);
        return ValueTask.CompletedTask;
    }

    private static void Damage(PoolState pool, StoreDamage damage, long number)
    {
        Action change = damage switch
        {
            StoreDamage.UseCode => () => pool.Codes.Find(number)!.Status = CodeStatus.Used,
            StoreDamage.VoidCode => () => pool.Codes.Find(number)!.Status = CodeStatus.Void,
            StoreDamage.ReopenCode => () => pool.Codes.Find(number)!.Status = CodeStatus.Open,
            StoreDamage.DeleteCode => () => pool.Codes.Remove(pool.Codes.Find(number)!),
            StoreDamage.ReturnCode => () => pool.Returned.Add(new NumberRange(number, number)),
            StoreDamage.DeleteLease => () => pool.Leases.RemoveAll(lease => lease.Range.Contains(number)),
            StoreDamage.StretchLease => () => Change(
                pool, number, lease => lease.IsOpen ? lease with { Range = lease.Range with { Last = lease.Range.Last + 1 } } : lease),
            StoreDamage.OrphanLease => () => Change(pool, number, lease => lease with { Epoch = 999_999_999 }),
            StoreDamage.RaiseFilledTo => () => pool.FilledTo++,
            StoreDamage.RaiseSettledUsed => () => pool.SettledUsed++,
            StoreDamage.RaiseSettledUnconfirmed => () => pool.SettledUnconfirmed++,
            StoreDamage.RaiseSettledVoid => () => pool.SettledVoid++,
            StoreDamage.LowerLeasedTo => () => pool.LeasedTo--,
            _ => throw new ArgumentOutOfRangeException(nameof(damage)),
        };
        change();
    }

    private static void Change(PoolState pool, long number, Func<LeaseRow, LeaseRow> change)
    {
        int place = pool.Leases.FindIndex(lease => lease.Range.Contains(number));
        pool.Leases[place] = change(pool.Leases[place]);
    }
}
