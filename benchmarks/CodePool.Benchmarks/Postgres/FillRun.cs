using System.Diagnostics;
using CodePool.Benchmarks.Ratios;
using CodePool.Providers;
using Npgsql;
using NpgsqlTypes;

namespace CodePool.Benchmarks.Postgres;

/// <summary><c>ratios fill</c>: codes generated and stored, against an INSERT a code, and against a bare COPY into the same table.</summary>
internal sealed class FillRun : PostgresRun
{
    private const int Batch = 50_000;
    private const int PlainCodes = 1_000;

    private long _copied = 1_000_000_000;

    public override string Name => "fill";

    protected override async Task<IReadOnlyList<Variant>> VariantsAsync()
    {
        // The pool's own table once more, with its indexes and as many rows.
        await ExecuteAsync("CREATE TABLE bench.copied (LIKE bench.codepool_codes INCLUDING ALL); INSERT INTO bench.copied SELECT * FROM bench.codepool_codes; ANALYZE bench.copied");
        return
        [
            new(Setting, "INSERT a code, a transaction each", true, () => TimeAsync(PlainCodes, InsertEachAsync)),
            new(Setting, "INSERT a code, 1,000 a transaction", false, () => TimeAsync(4 * PlainCodes, InsertInTransactionAsync)),
            new(Setting, "unnest ON CONFLICT DO NOTHING, 10,000 a batch", false, () => TimeAsync(10_000, InsertUnnestAsync)),
            new(Setting, "bare binary COPY of sorted rows, same table", false, () => TimeCopyAsync(Batch, sorted: true)),
            new(Setting, "the limit: two such COPYs at once, half of the rows each", false, () => TimeCopyAsync(Batch, sorted: true, connections: 2)),
            new(Setting, "bare binary COPY of rows as ours are, same table", false, () => TimeCopyAsync(Batch, sorted: false)),
            new(Setting, "CodePool FillAsync", false, () => TimeAsync(Batch, FillPoolAsync)),
        ];
    }

    private async Task InsertEachAsync(int count)
    {
        await using NpgsqlConnection connection = await Database.OpenConnectionAsync();
        await InsertAsync(connection, Draw(count));
    }

    private async Task InsertInTransactionAsync(int count)
    {
        await using NpgsqlConnection connection = await Database.OpenConnectionAsync();
        foreach (string[] codes in Draw(count).Chunk(1_000))
        {
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
            await InsertAsync(connection, codes);
            await transaction.CommitAsync();
        }
    }

    private static async Task InsertAsync(NpgsqlConnection connection, string[] codes)
    {
        await using var command = new NpgsqlCommand("INSERT INTO plain (code) VALUES ($1)", connection);
        var parameter = new NpgsqlParameter<string>();
        command.Parameters.Add(parameter);
        await command.PrepareAsync();
        foreach (string code in codes)
        {
            parameter.TypedValue = code;
            await command.ExecuteNonQueryAsync();
        }
    }

    private async Task InsertUnnestAsync(int count)
    {
        await using NpgsqlCommand command = Database.CreateCommand("INSERT INTO plain (code) SELECT unnest($1) ON CONFLICT DO NOTHING");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Draw(count) });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// Generating and sorting are not timed: what is left is what the server and the driver need at the least. Sorted, the numbers
    /// ascend with the codes, which ours may not: one code would tell the next.
    /// </summary>
    private async Task<Measured> TimeCopyAsync(int count, bool sorted, int connections = 1)
    {
        string[] codes = Draw(count);
        if (sorted)
            Array.Sort(codes, StringComparer.Ordinal);
        short pool = (short)(await ScalarAsync("SELECT id FROM bench.codepool_pools"))!;
        (string[] Codes, long First)[] parts = [.. codes.Chunk(count / connections).Select((part, index) => (part, _copied + (index * part.Length)))];
        _copied += count;
        return await TimeAsync(count, _ => Task.WhenAll(parts.Select(part => Task.Run(() => CopyAsync(pool, part.Codes, part.First)))));
    }

    private async Task CopyAsync(short pool, string[] codes, long first)
    {
        await using NpgsqlConnection connection = await Database.OpenConnectionAsync();
        await using NpgsqlBinaryImporter import = await connection.BeginBinaryImportAsync(
            "COPY bench.copied (id, created_at, pool, code) FROM STDIN (FORMAT binary)");
        foreach (string code in codes)
        {
            import.StartRow();
            import.Write(first++, NpgsqlDbType.Bigint);
            import.Write(DateTime.UnixEpoch, NpgsqlDbType.TimestampTz);
            import.Write(pool, NpgsqlDbType.Smallint);
            import.Write(code, NpgsqlDbType.Text);
        }

        await import.CompleteAsync();
    }

    private static async Task<Measured> TimeAsync(int count, Func<int, Task> act)
    {
        long start = Stopwatch.GetTimestamp();
        await act(count);
        return new Measured(count, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
