using System.Data;
using CodePool.Providers;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Counts the rows in one snapshot, and compares them with the counters and the ranges.</summary>
internal static class AuditStep
{
    /// <summary>The whole table is read: minutes, if it is large.</summary>
    private const int NoTimeout = 0;

    public static ValueTask<CodePoolAudit> AuditAsync(PoolContext pool, CancellationToken cancellationToken) => pool.ReadAsync(
        async (connection, token) =>
        {
            // One snapshot for all three statements; nothing is locked, so nothing is read from before a wait.
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, token).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                AuditCounters counters = await connection.QuerySingleAsync<AuditCounters>(
                    Command("audit.counters", new { pool = pool.Id })).ConfigureAwait(false);
                List<AuditRange> ranges =
                [
                    .. await connection.QueryAsync<AuditRange>(Command("audit.ranges", new { pool = pool.Id })).ConfigureAwait(false),
                    new AuditRange(counters.LeasedTo + 1, Math.Max(counters.FilledTo, counters.Highest), AuditRange.Available),
                ];
                ranges.Sort((a, b) => a.First.CompareTo(b.First));
                List<AuditCount> counts =
                [
                    .. await connection.QueryAsync<AuditCount>(Command("audit.count", new
                    {
                        pool = pool.Id,
                        firsts = ranges.Select(range => range.First).ToArray(),
                        lasts = ranges.Select(range => range.Last).ToArray(),
                    })).ConfigureAwait(false),
                ];
                return new AuditReport(counters, ranges, counts).ToAudit();
            }

            CommandDefinition Command(string statement, object parameters) =>
                new(pool.Statements[statement], parameters, transaction, NoTimeout, cancellationToken: token);
        },
        cancellationToken);
}
