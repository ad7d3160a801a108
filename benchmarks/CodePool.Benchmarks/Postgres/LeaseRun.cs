using System.Diagnostics;
using CodePool.Benchmarks.Ratios;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Benchmarks.Postgres;

/// <summary><c>ratios lease</c>: taking 5,000 codes out of the store for a cache, with their text.</summary>
internal sealed class LeaseRun : PostgresRun
{
    private const int Batch = 5_000;
    private const int Times = 60;

    private Epoch _epoch = null!;

    public override string Name => "lease";

    protected override async Task<IReadOnlyList<Variant>> VariantsAsync()
    {
        _epoch = await OpenEpochAsync();
        string setting = $"{Setting}, {Batch:N0} a lease";
        return
        [
            new(setting, "SKIP LOCKED, then UPDATE a row", true, () => TimeAsync(2, UpdateEachAsync)),
            new(setting, "UPDATE … WHERE id IN (SKIP LOCKED)", false, () => TimeAsync(4, UpdateAtOnceAsync)),
            new(setting, "CodePool LeaseAsync", false, async () =>
            {
                // One more: its commit makes the fill durable, which is not a lease's work.
                await FillPoolAsync((Times + 1) * Batch);
                await LeaseAsync();
                return await TimeAsync(Times, LeaseAsync);
            }),
        ];
    }

    private async Task<int> UpdateEachAsync()
    {
        await using NpgsqlConnection connection = await Database.OpenConnectionAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        var found = new List<(long Id, string Code)>();
        await using (var select = new NpgsqlCommand($"SELECT id, code FROM plain WHERE status = 0 LIMIT {Batch} FOR UPDATE SKIP LOCKED", connection))
        await using (NpgsqlDataReader reader = await select.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                found.Add((reader.GetInt64(0), reader.GetString(1)));
        }

        await using var update = new NpgsqlCommand("UPDATE plain SET status = 1, updated_at = now() WHERE id = $1", connection);
        var id = new NpgsqlParameter<long>();
        update.Parameters.Add(id);
        await update.PrepareAsync();
        foreach ((long each, _) in found)
        {
            id.TypedValue = each;
            await update.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
        return found.Count;
    }

    private async Task<int> UpdateAtOnceAsync()
    {
        await using NpgsqlCommand command = Database.CreateCommand($"""
            UPDATE plain SET status = 1, updated_at = now()
            WHERE id IN (SELECT id FROM plain WHERE status = 0 LIMIT {Batch} FOR UPDATE SKIP LOCKED) RETURNING id, code
            """);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        int count = 0;
        for (; await reader.ReadAsync(); count++)
            GC.KeepAlive(reader.GetString(1));
        return count;
    }

    private async Task<int> LeaseAsync() => (await LeaseAsync(_epoch, Batch)).Sum(lease => lease.Codes.Count);

    /// <summary>
    /// A few in a row: one lease is over too soon to be timed, and by far fewer statements than the plain ways it would not be
    /// compiled yet.
    /// </summary>
    private static async Task<Measured> TimeAsync(int times, Func<Task<int>> lease)
    {
        long start = Stopwatch.GetTimestamp();
        long codes = 0;
        for (int i = 0; i < times; i++)
            codes += await lease();
        return new Measured(codes, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
