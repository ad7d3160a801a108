using Npgsql;
using StackExchange.Redis;

namespace CodePool.Benchmarks.Pipeline;

/// <summary>What one would write first: a thread that tops a list up, an LPOP a take, and an UPDATE a code.</summary>
internal sealed class FirstVersion(NpgsqlDataSource database, IDatabase redis)
{
    private const int Low = 1_000;
    private const int Batch = 500;

    /// <summary>Codes that a transaction stores, at most; whoever takes waits when twice as many are owed.</summary>
    private const int FarBehind = 1_000;

    private static readonly RedisKey List = "first-version";
    private long _last;
    private int _toStore;

    /// <summary>Kind to it: it remembers where it was, so that it does not push the same rows again.</summary>
    public async Task TopUpAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (await redis.ListLengthAsync(List) >= Low)
            {
                await Task.Delay(5, CancellationToken.None);
                continue;
            }

            await using NpgsqlCommand select = database.CreateCommand(
                "SELECT id, code FROM plain WHERE status = 0 AND id > $1 ORDER BY id LIMIT $2");
            select.Parameters.Add(new NpgsqlParameter<long> { TypedValue = _last });
            select.Parameters.Add(new NpgsqlParameter<int> { TypedValue = Batch });
            var codes = new List<RedisValue>();
            await using NpgsqlDataReader rows = await select.ExecuteReaderAsync(CancellationToken.None);
            while (await rows.ReadAsync(CancellationToken.None))
            {
                _last = rows.GetInt64(0);
                codes.Add(rows.GetString(1));
            }

            if (codes.Count == 0)
                throw new InvalidOperationException("The table ran empty: the comparison is void.");
            await redis.ListRightPushAsync(List, [.. codes]);
        }
    }

    /// <summary>
    /// Stores as many codes as are taken, which is what makes a rate sustained: an INSERT a code, as many a transaction as it is behind. Who takes waits
    /// while it is far behind, as callers of an empty table would.
    /// </summary>
    public async Task RefillAsync(Func<int, string[]> draw, CancellationToken stopping)
    {
        Volatile.Write(ref _toStore, 0);
        while (!stopping.IsCancellationRequested)
        {
            int count = Math.Min(Volatile.Read(ref _toStore), FarBehind);
            if (count == 0)
            {
                await Task.Delay(5, CancellationToken.None);
                continue;
            }

            await using NpgsqlConnection connection = await database.OpenConnectionAsync(CancellationToken.None);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(CancellationToken.None);
            foreach (string code in draw(count))
            {
                await using var insert = new NpgsqlCommand("INSERT INTO plain (code) VALUES ($1) ON CONFLICT DO NOTHING", connection, transaction);
                insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = code });
                await insert.ExecuteNonQueryAsync(CancellationToken.None);
            }

            await transaction.CommitAsync(CancellationToken.None);
            Interlocked.Add(ref _toStore, -count);
        }
    }

    /// <summary>A take while <see cref="RefillAsync"/> runs.</summary>
    public async Task TakeRefilledAsync()
    {
        while (Volatile.Read(ref _toStore) >= 2 * FarBehind)
            await Task.Delay(1);
        await TakeAsync();
        Interlocked.Increment(ref _toStore);
    }

    public async Task TakeAsync()
    {
        RedisValue code;
        while ((code = await redis.ListLeftPopAsync(List)).IsNull)
            await Task.Yield();
        await using NpgsqlCommand update = database.CreateCommand("UPDATE plain SET status = 1, updated_at = now() WHERE code = $1");
        update.Parameters.Add(new NpgsqlParameter<string> { TypedValue = code! });
        await update.ExecuteNonQueryAsync();
    }
}
