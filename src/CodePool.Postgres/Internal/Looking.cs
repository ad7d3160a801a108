using CodePool.Providers;
using Dapper;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Finds one code, and counts where codes are.</summary>
internal static class Looking
{
    private sealed record Row(short Status, DateTime CreatedAt, DateTime UpdatedAt, bool IsAvailable, bool IsLeased)
    {
        public CodeState State => Status switch
        {
            1 => CodeState.Used,
            2 => CodeState.Void,
            _ when IsAvailable => CodeState.Available,
            _ when IsLeased => CodeState.Leased,
            _ => CodeState.Unconfirmed,
        };
    }

    public static async ValueTask<CodeInfo?> FindAsync(PoolContext pool, string code, CancellationToken cancellationToken)
    {
        // A person may type anything; PostgreSQL's text holds neither of these, so no code does.
        if (code.Any(symbol => symbol == '\0' || char.IsSurrogate(symbol)))
            return null;

        Row? row = await pool.ReadAsync(
            async (connection, token) => await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
                pool.Statements["look.find"], new { pool = pool.Id, code }, cancellationToken: token)).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        return row is null ? null : new CodeInfo(row.State, row.CreatedAt, row.UpdatedAt);
    }

    public static ValueTask<StoreLevels> LevelsAsync(PoolContext pool, CancellationToken cancellationToken) => pool.ReadAsync(
        async (connection, token) =>
        {
            PostgresBatch batch = pool.Batch(connection).Add("transaction.settings").Add("look.levels");
            await using (batch.ConfigureAwait(false))
            {
                NpgsqlDataReader reader = await batch.ReadAsync(token).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    await reader.NextRowAsync(token).ConfigureAwait(false);
                    return ReadLevels(reader);
                }
            }
        },
        cancellationToken);

    private static StoreLevels ReadLevels(NpgsqlDataReader reader)
    {
        short[] reasons = reader.GetFieldValue<short[]>(6);
        long[] codes = reader.GetFieldValue<long[]>(7);
        return new StoreLevels(
            reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5),
            reasons.Zip(codes).ToDictionary(burned => (EpochCloseReason)burned.First, burned => burned.Second));
    }
}
