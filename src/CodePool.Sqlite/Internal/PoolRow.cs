using Microsoft.Data.Sqlite;

namespace CodePool.Sqlite.Internal;

/// <summary>The pool's record, with its fill row.</summary>
internal sealed record PoolRow(
    long Id,
    Guid Uid,
    string Format,
    CodeConsistency Consistency,
    bool Recovering,
    long RecoveredEpoch,
    long CurrentEpoch,
    long LeasedTo,
    long NextLease,
    long NextEpoch,
    long SettledUnconfirmed,
    long FilledTo)
{
    public static PoolRow? Find(SqliteSession session, string name)
    {
        List<PoolRow> rows = session.Query("pool", Read, ("@name", name));
        return rows.Count == 0 ? null : rows[0];
    }

    private static PoolRow Read(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.GetToken(1),
        row.GetString(2),
        (CodeConsistency)row.GetInt32(3),
        row.GetInt64(4) != 0,
        row.GetInt64(5),
        row.GetInt64(6),
        row.GetInt64(7),
        row.GetInt64(8),
        row.GetInt64(9),
        row.GetInt64(10),
        row.GetInt64(11));
}
