using System.Diagnostics;
using CodePool.Benchmarks.Ratios;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Benchmarks.Postgres;

/// <summary><c>ratios mark</c>: writing Used for codes that were taken.</summary>
internal sealed class MarkRun : PostgresRun
{
    private const int Batch = 5_000;
    private const int PlainCodes = 1_000;

    private readonly Stack<Lease> _leases = new();
    private Epoch _epoch = null!;
    private long _next = 1;

    public override string Name => "mark";

    protected override async Task<IReadOnlyList<Variant>> VariantsAsync()
    {
        _epoch = await OpenEpochAsync();
        string setting = $"{Setting}, {Batch:N0} a batch";
        return
        [
            new(setting, "UPDATE a code, a transaction each", true, UpdateEachAsync),
            new(setting, "UPDATE … FROM unnest", false, UpdateAtOnceAsync),
            new(setting, "CodePool MarkAsync", false, MarkAsync),
        ];
    }

    private async Task<Measured> UpdateEachAsync()
    {
        await using NpgsqlConnection connection = await Database.OpenConnectionAsync();
        await using var update = new NpgsqlCommand("UPDATE plain SET status = 1, updated_at = now() WHERE id = $1", connection);
        var id = new NpgsqlParameter<long>();
        update.Parameters.Add(id);
        await update.PrepareAsync();
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < PlainCodes; i++)
        {
            id.TypedValue = _next++;
            await update.ExecuteNonQueryAsync();
        }

        return new Measured(PlainCodes, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private async Task<Measured> UpdateAtOnceAsync()
    {
        await using NpgsqlCommand command = Database.CreateCommand(
            "UPDATE plain SET status = 1, updated_at = now() FROM unnest($1) AS u (id) WHERE plain.id = u.id");
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. Enumerable.Range(0, Batch).Select(_ => _next++)] });
        long start = Stopwatch.GetTimestamp();
        await command.ExecuteNonQueryAsync();
        return new Measured(Batch, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private async Task<Measured> MarkAsync()
    {
        const int Times = 4;
        foreach (Lease lease in await LeaseAsync(_epoch, Times * Batch))
            _leases.Push(lease);
        LeasedCode[][] batches = [.. Codes(_leases.Pop()).Chunk(Batch)];
        long start = Stopwatch.GetTimestamp();
        int marked = 0;
        foreach (LeasedCode[] batch in batches)
            marked += (await Store.MarkAsync(_epoch, batch, default)).Marked;
        return new Measured(marked, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static IEnumerable<LeasedCode> Codes(Lease lease) =>
        lease.Codes.Select((code, index) => new LeasedCode(lease.Number, lease.First + index, code));
}
