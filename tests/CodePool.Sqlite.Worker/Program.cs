using System.Globalization;
using CodePool;
using CodePool.Providers;
using CodePool.Sqlite.Internal;
using CodePool.Sqlite.Worker;

// worker take <file> <pool> <codes>: a whole host, which prints each code as soon as the take has returned it.
if (args is ["take", var file, var name, var count])
{
    await Takes.RunAsync(file, name, int.Parse(count, CultureInfo.InvariantCulture));
    return;
}

// worker <step> <file> <confirmed pool?>: says what it begins and what the store has acknowledged, a line each.
(string step, string path, bool confirmed) = (args[0], args[1], args.Contains("confirmed"));
string pool = confirmed ? "confirmed" : "journaled";
await using var store = new SqliteCodeStore(pool, new SqliteCodePoolOptions { Path = path }, TimeProvider.System);
try
{
    CodeConsistency consistency = confirmed ? CodeConsistency.Confirmed : CodeConsistency.Journaled;
    await store.OpenAsync(new PoolDefinition(pool, "worker", consistency), CancellationToken.None);
    await Steps.RunAsync(store, step);
}
catch (CodePoolException failure)
{
    Console.WriteLine($"failed {failure.GetType().Name} {failure.Message}");
}
