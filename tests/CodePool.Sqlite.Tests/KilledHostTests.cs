using CodePool.ContractTests;
using CodePool.Sqlite.Internal;

namespace CodePool.Sqlite.Tests;

/// <summary>Whole hosts that take until they are done, or until kill -9: no code twice, and an exact audit after each.</summary>
public sealed class KilledHostTests : IDisposable
{
    private const int Endless = int.MaxValue;
    private const int Some = 400;

    private readonly TemporaryDirectory _directory = new();

    private string DatabasePath => _directory.File("codes.db");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("journaled")]
    [InlineData("confirmed")]
    public async Task Five_runs_two_of_them_killed_hand_out_no_code_twice(string pool)
    {
        var taken = new List<string>();
        foreach (bool killed in new[] { false, true, false, true, false })
        {
            taken.AddRange(await (killed ? RunAndKillAsync(pool) : RunAsync(pool)));
            await AssertExactAsync(pool);
        }

        Assert.True(taken.Count >= 5 * Some, "Each run was to take some.");
        Assert.Equal(taken.Count, taken.Distinct().Count());
    }

    /// <summary>The control: a file that is put back, which the guarantees exclude, must show as codes handed out twice.</summary>
    [Theory]
    [InlineData("journaled")]
    [InlineData("confirmed")]
    public async Task A_file_that_is_put_back_hands_codes_out_twice(string pool)
    {
        List<string> taken = await RunAsync(pool);
        string copy = _directory.File("copy.db");
        AssertClosed();
        File.Copy(DatabasePath, copy);
        taken.AddRange(await RunAsync(pool));

        AssertClosed();
        File.Copy(copy, DatabasePath, overwrite: true);
        taken.AddRange(await RunAsync(pool));
        Assert.NotEqual(taken.Count, taken.Distinct().Count());
    }

    private async Task<List<string>> RunAsync(string pool)
    {
        using WorkerProcess worker = WorkerProcess.Start("take", DatabasePath, pool, $"{Some}");
        List<string> said = await worker.ReadUntilAsync(line => line == "done");
        Assert.Contains("done", said);
        return Codes(said);
    }

    private async Task<List<string>> RunAndKillAsync(string pool)
    {
        using WorkerProcess worker = WorkerProcess.Start("take", DatabasePath, pool, $"{Endless}");
        int left = Some;
        List<string> said = await worker.ReadUntilAsync(_ => --left == 0);
        said.AddRange(await worker.KillAsync());
        return Codes(said);
    }

    private async Task AssertExactAsync(string pool)
    {
        await using var store = new SqliteCodeStore(pool, new SqliteCodePoolOptions { Path = DatabasePath }, TimeProvider.System);
        await store.OpenAsync(
            new(pool, new CodeFormat(CodeAlphabet.Crockford, 12).ToString(), pool == "confirmed" ? CodeConsistency.Confirmed : CodeConsistency.Journaled),
            TestContext.Current.CancellationToken);
        await store.AssertExactAsync();
    }

    /// <summary>Whoever closes the file last leaves no log beside it: all is in the file.</summary>
    private void AssertClosed() => Assert.False(File.Exists(DatabasePath + "-wal"));

    private static List<string> Codes(List<string> said) =>
        [.. said.Where(line => line.StartsWith("took ", StringComparison.Ordinal)).Select(line => line[5..])];
}
