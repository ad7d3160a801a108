using CodePool.Providers;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Reads open leases with their codes.</summary>
internal static class OpenLeases
{
    public static ValueTask<IReadOnlyList<Lease>> OfAsync(PoolContext pool, Epoch epoch, CancellationToken cancellationToken) =>
        pool.ReadAsync(
            async (connection, token) =>
            {
                PostgresBatch batch = pool.Batch(connection).Add("transaction.settings").Add("lease.open", Sql.Value("token", epoch.Token));
                await using (batch.ConfigureAwait(false))
                {
                    NpgsqlDataReader reader = await batch.ReadAsync(token).ConfigureAwait(false);
                    await using (reader.ConfigureAwait(false))
                    {
                        await reader.NextResultAsync(token).ConfigureAwait(false);
                        return (await ReadAsync(reader, token).ConfigureAwait(false)).Untouched;
                    }
                }
            },
            cancellationToken);

    /// <summary>Their numbers only: from the partial index of open leases, without a look at the codes.</summary>
    public static ValueTask<IReadOnlyList<long>> ListAsync(PoolContext pool, Epoch epoch, CancellationToken cancellationToken) =>
        pool.ReadAsync<IReadOnlyList<long>>(
            async (connection, token) =>
            [
                .. await connection.QueryAsync<long>(new CommandDefinition(
                    pool.Statements["lease.numbers"], new { pool = pool.Id, token = epoch.Token }, cancellationToken: token)).ConfigureAwait(false),
            ],
            cancellationToken);

    /// <summary>
    /// Rows of lease, first, last, number, status, code, ascending. A lease of which a code is Used was popped from already:
    /// what is left is no contiguous run, and is for settling.
    /// </summary>
    public static async ValueTask<(IReadOnlyList<Lease> Untouched, bool Any)> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        var untouched = new List<Lease>();
        bool any = false;
        bool more = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        while (more)
        {
            any = true;
            (long lease, var run) = (reader.GetInt64(0), new NumberRun(reader.GetInt64(1), reader.GetInt64(2)));
            var codes = new List<string>((int)run.Count);
            do
            {
                if (reader.GetInt16(4) == 0)
                    codes.Add(reader.GetString(5));
                more = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            while (more && reader.GetInt64(0) == lease);

            if (codes.Count == run.Count)
                untouched.Add(new Lease(lease, run.First, codes));
        }

        return (untouched, any);
    }
}
