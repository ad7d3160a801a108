using CodePool.Benchmarks.Sizes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace CodePool.Benchmarks.Sqlite;

/// <summary><c>sizes sqlite</c>: the file, and in it the table and its unique index, after a fill, after all codes were marked, and after a VACUUM.</summary>
internal static class SqliteSizes
{
    public static async Task RunAsync()
    {
        await MeasureAsync(100_000, 12);
        await MeasureAsync(1_000_000, 12);
        foreach (int length in new[] { 8, 16 })
            await MeasureAsync(100_000, length);
        foreach (int pageSize in new[] { 8_192, 16_384 })
            await MeasureAsync(100_000, 12, pageSize);
    }

    /// <param name="codes">How many.</param>
    /// <param name="length">Symbols, of 32.</param>
    /// <param name="pageSize">Null: SQLite's default, 4,096.</param>
    private static async Task MeasureAsync(int codes, int length, int? pageSize = null)
    {
        string folder = Directory.CreateTempSubdirectory("codepool-sizes-").FullName;
        string path = Path.Combine(folder, "codes.db");
        try
        {
            if (pageSize is not null)
                Execute(path, $"PRAGMA page_size = {pageSize}; VACUUM");
            SizeTable.Begin($"{length} symbols, {(pageSize is null ? "pages as they come" : $"pages of {pageSize} bytes")}");
            await using (SleepingPool pool = await OpenAsync(path, length))
            {
                // The start has taken one lease of the least size.
                await pool.Runtime.Filler.FillAsync(codes, null, default);
                SizeTable.Row("filled: log beside the file, while it is open", codes, Length(path + "-wal"));
            }

            Print(path, "filled", codes);
            await using (SleepingPool pool = await OpenAsync(path, length))
            {
                for (int taken = 0; taken < codes - 2; taken += 5_000)
                {
                    await pool.LeaseAsync(pool.Runtime.Cache, pool.Runtime.Epochs.Current!, 5_000);
                    await pool.Pool.TakeUpToAsync(5_000);
                    await pool.Runtime.Marker.DrainAsync(default);
                }
            }

            Print(path, "all Used", codes);
            Execute(path, "VACUUM");
            Print(path, "all Used, VACUUM", codes, vacuumed: true);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Task<SleepingPool> OpenAsync(string path, int length) =>
        SleepingPool.StartAsync(1, length, builder => builder.UseSqlite(path));

    /// <summary>SQLite as the driver brings it does not say how much of a file is which tree's (dbstat): so the table is copied without its index.</summary>
    private static void Print(string path, string when, int codes, bool vacuumed = false)
    {
        string copy = path + "-table";
        Execute(copy, $"""
            ATTACH '{path}' AS source;
            CREATE TABLE codes (
              pool INTEGER, number INTEGER, code TEXT, status INTEGER, created_at INTEGER, updated_at INTEGER, operation BLOB,
              PRIMARY KEY (pool, number)) WITHOUT ROWID;
            INSERT INTO codes SELECT * FROM source.codepool_codes ORDER BY pool, number;
            """);
        if (vacuumed)
            Execute(copy, "VACUUM");
        long file = Length(path), table = Length(copy);
        File.Delete(copy);
        SizeTable.Row($"{when}: file", codes, file);
        SizeTable.Row($"{when}: table, keyed by pool and number", codes, table);
        SizeTable.Row($"{when}: the rest, which is the unique index on pool and code", codes, file - table);
    }

    private static void Execute(string path, string sql)
    {
        using SqliteConnection connection = Open(path);
        using SqliteCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Of constants and of a path that was made here.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;
}
