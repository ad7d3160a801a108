using CodePool.ContractTests;
using CodePool.Providers;
using CodePool.Sqlite.Internal;
using Microsoft.Data.Sqlite;

namespace CodePool.Sqlite.Tests;

/// <summary>The SQLite store under the store suites: a file of its own for each test, a store of its own for each process.</summary>
public sealed class SqliteHarness : StoreHarness
{
    private readonly TemporaryDirectory _directory = new();
    private int _snapshots;

    public override bool HasIdentity => false;

    private string DatabasePath => _directory.File("codes.db");

    public override CodeStore CreateStore(string poolName) =>
        new SqliteCodeStore(poolName, new SqliteCodePoolOptions { Path = DatabasePath, BusyTimeout = TimeSpan.FromSeconds(30) }, Time);

    public override ValueTask<object> TakeSnapshotAsync(CancellationToken cancellationToken)
    {
        string copy = _directory.File($"snapshot-{++_snapshots}.db");
        Copy(DatabasePath, copy);
        return ValueTask.FromResult<object>(copy);
    }

    /// <summary>
    /// Through SQLite's own backup: the content goes back, and the open connections see it. To copy a file over one that is
    /// open would tear the log from its database, which is damage, not going back in time.
    /// </summary>
    public override ValueTask RestoreAsync(object snapshot, CancellationToken cancellationToken)
    {
        Copy((string)snapshot, DatabasePath);
        return ValueTask.CompletedTask;
    }

    public override ValueTask DamageAsync(string poolName, StoreDamage damage, long number, CancellationToken cancellationToken)
    {
        using SqliteConnection connection = Database.Open(DatabasePath);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = Statement(damage);
        command.Parameters.AddWithValue("@name", poolName);
        command.Parameters.AddWithValue("@number", number);
        if (command.ExecuteNonQuery() == 0)
            throw new InvalidOperationException($"{damage} changed nothing.");
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return base.DisposeAsync();
    }

    private static void Copy(string from, string to)
    {
        using SqliteConnection source = Database.Open(from);
        using SqliteConnection target = Database.Open(to);
        source.BackupDatabase(target);
    }

    private static string Statement(StoreDamage damage)
    {
        const string Pool = "(SELECT id FROM codepool_pools WHERE name = @name)";
        const string Code = $"WHERE pool = {Pool} AND number = @number";
        const string Lease = $"WHERE pool = {Pool} AND @number BETWEEN first AND last";
        return damage switch
        {
            StoreDamage.UseCode => $"UPDATE codepool_codes SET status = 1 {Code}",
            StoreDamage.VoidCode => $"UPDATE codepool_codes SET status = 2 {Code}",
            StoreDamage.ReopenCode => $"UPDATE codepool_codes SET status = 0 {Code}",
            StoreDamage.DeleteCode => $"DELETE FROM codepool_codes {Code}",
            StoreDamage.ReturnCode => $"INSERT INTO codepool_returned (pool, first, last) SELECT {Pool}, @number, @number",
            StoreDamage.DeleteLease => $"DELETE FROM codepool_leases {Lease}",
            StoreDamage.StretchLease => $"UPDATE codepool_leases SET last = last + 1 {Lease} AND state = 0",
            StoreDamage.OrphanLease => $"UPDATE codepool_leases SET epoch = 999999999 {Lease}",
            StoreDamage.RaiseFilledTo => $"UPDATE codepool_fills SET filled_to = filled_to + 1 WHERE pool = {Pool}",
            StoreDamage.RaiseSettledUsed => "UPDATE codepool_pools SET settled_used = settled_used + 1 WHERE name = @name",
            StoreDamage.RaiseSettledUnconfirmed => "UPDATE codepool_pools SET settled_unconfirmed = settled_unconfirmed + 1 WHERE name = @name",
            StoreDamage.RaiseSettledVoid => "UPDATE codepool_pools SET settled_void = settled_void + 1 WHERE name = @name",
            StoreDamage.LowerLeasedTo => "UPDATE codepool_pools SET leased_to = leased_to - 1 WHERE name = @name",
            _ => throw new ArgumentOutOfRangeException(nameof(damage)),
        };
    }
}
