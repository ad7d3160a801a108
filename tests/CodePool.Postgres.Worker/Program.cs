using System.Globalization;
using System.Security.Cryptography;
using CodePool;
using CodePool.Postgres;
using CodePool.Postgres.Internal;
using CodePool.Providers;
using Npgsql;

// Fills, leases, takes and marks until it is killed. Writes each code to its file, flushed, once it may be handed out.
// Arguments: connection string, schema, pool, journaled|confirmed, file, codes a batch, and "alone" for a second half that commits its rows before it waits.
await using NpgsqlDataSource dataSource = NpgsqlDataSource.Create(args[0]);
int batch = int.Parse(args[5], CultureInfo.InvariantCulture);
var consistency = Enum.Parse<CodeConsistency>(args[3], ignoreCase: true);
await using var store = new PostgresCodeStore(args[2], dataSource, false, new PostgresCodePoolOptions { Schema = args[1] }, TimeProvider.System,
    args.Contains("alone") ? (name, sql) => name == "second_half.patience" ? "COMMIT" : sql : null);
await using var handedOut = new StreamWriter(args[4], append: true) { AutoFlush = true };
await store.OpenAsync(new PoolDefinition(args[2], "worker", consistency), CancellationToken.None);
Epoch epoch = (await store.OpenEpochAsync(new EpochRequest(EpochKind.Process, Guid.NewGuid(), args[4]), CancellationToken.None))!;
Console.WriteLine(epoch.Number.ToString(CultureInfo.InvariantCulture));

while (true)
{
    // Large ones in any case, so that each has two halves.
    await store.FillAsync(new FillRequest(batch < 10_000 ? 2_000 : long.MaxValue, batch, Draw), CancellationToken.None);
    LeaseResult result = await store.LeaseAsync(new LeaseRequest(epoch, Guid.NewGuid(), 100, 0), CancellationToken.None);
    foreach (Lease lease in result.Leases)
        await TakeAsync(lease);
}

async Task TakeAsync(Lease lease)
{
    LeasedCode[] codes = [.. lease.Codes.Select((code, index) => new LeasedCode(lease.Number, lease.First + index, code))];
    foreach (LeasedCode[] group in codes.Chunk(10))
    {
        if (consistency == CodeConsistency.Confirmed)
        {
            foreach (int place in await store.ConfirmAsync(epoch, Guid.NewGuid(), group, CancellationToken.None))
                handedOut.WriteLine(group[place].Code);
        }
        else
        {
            foreach (LeasedCode code in group)
                handedOut.WriteLine(code.Code);
            await store.MarkAsync(epoch, group, CancellationToken.None);
        }
    }

    await store.SettleAsync(epoch, [new LeaseSettlement(lease.Number)], CancellationToken.None);
}

static IReadOnlyList<string> Draw(int count) =>
    [.. Enumerable.Range(0, count).Select(_ => RandomNumberGenerator.GetString("0123456789ABCDEFGHJKMNPQRSTVWXYZ", 12))];
