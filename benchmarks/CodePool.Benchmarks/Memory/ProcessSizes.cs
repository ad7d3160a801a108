using CodePool.Benchmarks.Postgres;
using CodePool.Benchmarks.Sizes;
using Microsoft.Extensions.DependencyInjection;

namespace CodePool.Benchmarks.Memory;

/// <summary><c>sizes process</c>: the garbage-collected heap, a code in the in-process cache after real leases, and a code in the store in memory.</summary>
internal static class ProcessSizes
{
    private const int LeaseSize = 5_000;

    public static async Task RunAsync()
    {
        foreach (int length in new[] { 12, 8, 16 })
        {
            SizeTable.Begin($"{length} symbols, leases of {LeaseSize}");
            Strings(100_000, length);
            await SqliteAsync(100_000, length);
            await PostgresAsync(100_000, length);
        }

        await PostgresAsync(1_000_000, 12);
        await StoreAsync(100_000);
    }

    private static void Strings(int codes, int length)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        string[] strings = new CodeGenerator(new CodeFormat(CodeAlphabet.Crockford, length)).Generate(codes);
        SizeTable.Row("an array of the strings alone", codes, GC.GetTotalMemory(forceFullCollection: true) - before);
        GC.KeepAlive(strings);
    }

    private static async Task SqliteAsync(int codes, int length)
    {
        string folder = Directory.CreateTempSubdirectory("codepool-sizes-").FullName;
        await using (SleepingPool pool = await SleepingPool.StartAsync(
            1, length, builder => builder.UseSqlite(Path.Combine(folder, "codes.db"))))
        {
            await CacheAsync(pool, "in-process cache, leased from SQLite", codes);
        }

        Directory.Delete(folder, recursive: true);
    }

    private static async Task PostgresAsync(int codes, int length)
    {
        await using PostgresPool server = await PostgresPool.StartAsync(new CodeFormat(CodeAlphabet.Crockford, length));
        await using SleepingPool pool = await SleepingPool.StartAsync(1, length, builder => builder.UsePostgres(_ => server.Database));
        await CacheAsync(pool, "in-process cache, leased from PostgreSQL", codes);
    }

    private static async Task CacheAsync(SleepingPool pool, string what, int codes)
    {
        await pool.Runtime.Filler.FillAsync(codes + LeaseSize, null, default);

        // Once beforehand: what the first lease sets up is not the codes'.
        await pool.LeaseAsync(pool.Runtime.Cache, pool.Runtime.Epochs.Current!, LeaseSize);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int leased = 0; leased < codes; leased += LeaseSize)
            await pool.LeaseAsync(pool.Runtime.Cache, pool.Runtime.Epochs.Current!, LeaseSize);
        SizeTable.Row(what, codes, GC.GetTotalMemory(forceFullCollection: true) - before);
    }

    private static async Task StoreAsync(int codes)
    {
        SizeTable.Begin("12 symbols, UseInMemoryStore");
        await using SleepingPool pool = await SleepingPool.StartAsync(1, 12, builder => builder.UseInMemoryStore());
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await pool.Runtime.Filler.FillAsync(codes, null, default);
        SizeTable.Row("the store in memory", codes, GC.GetTotalMemory(forceFullCollection: true) - before);
    }
}
