using System.Diagnostics;
using System.Globalization;
using CodePool.Benchmarks.Sizes;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Benchmarks.Postgres;

/// <summary><c>sizes postgres</c>: table and indexes after a fill, after all codes were marked, and after what an operator can do about it.</summary>
internal static class PostgresSizes
{
    private const int Batch = 5_000;
    private const string Table = "bench.codepool_codes";

    public static async Task RunAsync()
    {
        await MeasureAsync(100_000, 12);
        await MeasureAsync(1_000_000, 12);
        foreach (int length in new[] { 8, 11, 16 })
            await MeasureAsync(1_000_000, length);
        foreach (int fillFactor in new[] { 70, 100 })
            await MeasureAsync(1_000_000, 12, fillFactor);
        await MeasureConfirmedAsync(1_000_000);
        await MeasureSmallStatusAsync(1_000_000);
    }

    /// <param name="codes">How many.</param>
    /// <param name="length">Symbols, of 32.</param>
    /// <param name="fillFactor">Null: the library's.</param>
    private static async Task MeasureAsync(int codes, int length, int? fillFactor = null)
    {
        await using PostgresPool pool = await StartAsync(length);
        SizeTable.Begin($"{length} symbols, fillfactor {fillFactor?.ToString(CultureInfo.InvariantCulture) ?? "45 (the library's)"}");
        if (fillFactor is not null)
            await ExecuteAsync(pool, $"ALTER TABLE {Table} SET (fillfactor = {fillFactor})");
        await pool.FillAsync(codes);
        await ExecuteAsync(pool, $"VACUUM ANALYZE {Table}");
        await PrintAsync(pool, "filled", codes);

        long start = Stopwatch.GetTimestamp();
        for (int marked = 0; marked < codes; marked += Batch)
            await pool.Store.MarkAsync(pool.Epoch, await pool.LeaseAsync(Batch), default);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await ExecuteAsync(pool, $"VACUUM ANALYZE {Table}");
        await PrintAsync(pool, "all Used", codes);
        SizeTable.Note($"leased and marked {codes / seconds:F0} codes/s; {await HotAsync(pool):P1} of the updates were HOT");

        await ExecuteAsync(pool, $"REINDEX TABLE {Table}");
        await PrintAsync(pool, "all Used, REINDEX", codes);
        await ExecuteAsync(pool, $"ALTER TABLE {Table} SET (fillfactor = 100)");
        await ExecuteAsync(pool, $"VACUUM FULL {Table}");
        await PrintAsync(pool, "all Used, fillfactor 100 and VACUUM FULL", codes);
    }

    /// <summary>A confirmed take writes its operation's id into the row.</summary>
    private static async Task MeasureConfirmedAsync(int codes)
    {
        await using PostgresPool pool = await StartAsync(12);
        SizeTable.Begin("12 symbols, Confirmed in groups of 64");
        await pool.FillAsync(codes);
        for (int confirmed = 0; confirmed < codes; confirmed += Batch)
        {
            foreach (LeasedCode[] group in (await pool.LeaseAsync(Batch)).Chunk(64))
                await pool.Store.ConfirmAsync(pool.Epoch, Guid.NewGuid(), group, default);
        }

        await ExecuteAsync(pool, $"VACUUM ANALYZE {Table}");
        await PrintAsync(pool, "all Used", codes);
        SizeTable.Note($"{await HotAsync(pool):P1} of the updates were HOT");
    }

    /// <summary>What is not done: a status of one byte, which brings the row of a code of 12 symbols from 57 bytes to 56; padded, from 64.</summary>
    private static async Task MeasureSmallStatusAsync(int codes)
    {
        await using PostgresPool pool = await StartAsync(12);
        SizeTable.Begin("another way, 12 symbols: a status of one byte, fillfactor 47, filled by 5,000");
        await pool.FillAsync(codes);
        await ExecuteAsync(pool, """
            CREATE TABLE bench.alternative (
              id bigint NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz, pool smallint NOT NULL,
              status "char" NOT NULL DEFAULT '0', code text COLLATE "C" NOT NULL, operation uuid,
              PRIMARY KEY (pool, id), UNIQUE (code, pool)) WITH (fillfactor = 47)
            """);
        for (int first = 1; first <= codes; first += Batch)
        {
            await ExecuteAsync(pool, $"""
                INSERT INTO bench.alternative SELECT id, created_at, updated_at, pool, status::text::"char", code, operation
                FROM {Table} WHERE pool = 1 AND id BETWEEN {first} AND {first + Batch - 1} ORDER BY id
                """);
        }

        await PrintAsync(pool, "filled", codes, "bench.alternative");
    }

    // Without autovacuum nothing changes between two looks. The statistics are read on connections of their own.
    private static Task<PostgresPool> StartAsync(int length) => PostgresPool.StartAsync(new CodeFormat(CodeAlphabet.Crockford, length), "autovacuum=off");

    private static async Task PrintAsync(PostgresPool pool, string when, int codes, string table = Table)
    {
        await using NpgsqlCommand command = pool.Database.CreateCommand($"""
            SELECT 'heap', pg_relation_size('{table}')
            UNION ALL SELECT 'index ' || regexp_replace(pg_get_indexdef(indexrelid), '.*USING btree ', ''), pg_relation_size(indexrelid)
            FROM pg_index WHERE indrelid = '{table}'::regclass
            UNION ALL SELECT 'all, maps of free and visible pages included', pg_total_relation_size('{table}')
            """);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            SizeTable.Row($"{when}: {reader.GetString(0)}", codes, reader.GetInt64(1));
    }

    private static async Task<double> HotAsync(PostgresPool pool)
    {
        await ExecuteAsync(pool, "SELECT pg_stat_force_next_flush()");
        await using NpgsqlCommand command = pool.Database.CreateCommand(
            $"SELECT n_tup_hot_upd::float8 / greatest(n_tup_upd, 1) FROM pg_stat_user_tables WHERE relid = '{Table}'::regclass");
        return (double)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(PostgresPool pool, string sql)
    {
        await using NpgsqlCommand command = pool.Database.CreateCommand(sql);
        command.CommandTimeout = 120;
        await command.ExecuteNonQueryAsync();
    }
}
