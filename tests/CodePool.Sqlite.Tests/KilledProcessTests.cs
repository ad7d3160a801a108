using System.Globalization;
using CodePool.ContractTests;
using CodePool.Providers;
using CodePool.Sqlite.Internal;

namespace CodePool.Sqlite.Tests;

/// <summary>kill -9 in the middle of a step: the file is whole, the audit exact, and what was acknowledged is there.</summary>
public sealed class KilledProcessTests : IDisposable
{
    private const int Rounds = 4;

    private readonly TemporaryDirectory _directory = new();

    private string DatabasePath => _directory.File("codes.db");

    [Theory]
    [InlineData("fill")]
    [InlineData("lease")]
    [InlineData("mark")]
    [InlineData("confirm", "confirmed")]
    [InlineData("settle")]
    public async Task Killed_in_the_midst(string step, string pool = "journaled")
    {
        for (int round = 0; round < Rounds; round++)
        {
            List<string> said = await RunAndKillAsync(step, pool, steps: 3 + (5 * round));
            Assert.DoesNotContain(said, line => line.StartsWith("failed", StringComparison.Ordinal));
            await using var store = new SqliteCodeStore(pool, new SqliteCodePoolOptions { Path = DatabasePath }, TimeProvider.System);
            await store.OpenAsync(Definition(pool), TestContext.Current.CancellationToken);
            await store.AssertExactAsync();
            Assert.Equal("ok", Database.Ask(DatabasePath, "PRAGMA integrity_check"));
            Assert.All(said, line => Assert.True(IsThere(line), $"Acknowledged, and gone: {line}"));
            await CloseAllAsync(store);
        }
    }

    public void Dispose() => _directory.Dispose();

    private async Task<List<string>> RunAndKillAsync(string step, string pool, int steps)
    {
        using WorkerProcess worker = WorkerProcess.Start(step, DatabasePath, pool);
        List<string> said = await worker.ReadUntilAsync(line => line == "begin" && --steps == 0);
        said.AddRange(await worker.KillAsync());
        return said;
    }

    /// <summary>The dead process's leases are settled by others, and the sum still holds.</summary>
    private static async Task CloseAllAsync(SqliteCodeStore store)
    {
        foreach (Epoch epoch in await store.GetEpochsAsync(TestContext.Current.CancellationToken))
        {
            await store.CloseAsync(epoch);
            await store.SettleClosedAsync(epoch);
        }

        StoreLevels levels = await store.AssertExactAsync();
        Assert.Equal(0, levels.Leased);
    }

    private bool IsThere(string line)
    {
        long[] numbers = [.. line.Split(' ').Skip(1).Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
        string? check = line.Split(' ')[0] switch
        {
            "filled" => $"SELECT filled_to >= {numbers[0]} FROM codepool_fills",
            "leased" => $"SELECT count(*) = 1 FROM codepool_leases WHERE number = {numbers[0]} AND first = {numbers[1]} AND last = {numbers[2]}",
            "used" => $"SELECT count(*) = {numbers[1] - numbers[0] + 1} FROM codepool_codes WHERE status = 1 AND number BETWEEN {numbers[0]} AND {numbers[1]}",
            "settled" => $"SELECT count(*) = 0 FROM codepool_leases WHERE number = {numbers[0]} AND state = 0",
            _ => null,
        };
        return check is null || (long)Database.Ask(DatabasePath, check)! == 1;
    }

    private static PoolDefinition Definition(string pool) =>
        new(pool, "worker", pool == "confirmed" ? CodeConsistency.Confirmed : CodeConsistency.Journaled);
}
