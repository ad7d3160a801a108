using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace CodePool.Postgres.Tests.Support;

/// <summary>A second process that fills, leases, takes and marks. Frozen, it shows on the server what it is in the middle of, and dies there.</summary>
internal sealed class Worker : IDisposable
{
    /// <summary>Backends that have written codes, or write them, and have not committed.</summary>
    private const string Writing = """
        SELECT count(DISTINCT a.pid) = 2 FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid AND l.granted AND l.mode = 'RowExclusiveLock'
        WHERE a.application_name = $1 AND l.relation = to_regclass($2)
        """;

    private readonly Process _process;
    private readonly PostgresHarness _harness;

    private Worker(Process process, PostgresHarness harness) => (_process, _harness) = (process, harness);

    /// <summary>Its connections' name on the server.</summary>
    public string Name { get; private init; } = "";

    public bool FillsLarge { get; private init; }

    public static async Task<Worker> StartAsync(
        PostgresHarness harness, CodeConsistency consistency, string file, int batch, string? weaken = null)
    {
        string worker = Path.Combine(AppContext.BaseDirectory, "CodePool.Postgres.Worker.dll"), name = $"worker-{Guid.NewGuid():N}";
        Process process = Process.Start(new ProcessStartInfo(
            Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
            [
                worker, $"{await PostgresServer.ConnectionStringAsync()};Application Name={name}", harness.Options.Schema, "killed", $"{consistency}", file,
                batch.ToString(CultureInfo.InvariantCulture), weaken ?? "",
            ])
        {
            RedirectStandardOutput = true,
        })!;

        // It writes its epoch when it begins to work; a worker that dies before it is a failure of its own.
        Assert.NotNull(await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        return new Worker(process, harness) { Name = name, FillsLarge = batch >= 10_000 };
    }

    /// <summary>Freezes it while both halves of a batch are written and not committed: looked for again once nothing moves any more.</summary>
    public Task FreezeWithTwoHalvesAsync() => FreezeAsync(Writing, _harness.Name("codes"));

    /// <summary>Freezes it while the second half of a batch waits for the first one's end.</summary>
    public Task FreezeWaitingAsync() => FreezeAsync("""
        SELECT count(*) > 0 FROM pg_stat_activity second JOIN pg_stat_activity first ON first.pid = ANY (pg_blocking_pids(second.pid))
        WHERE second.application_name = $1 AND first.application_name = $1 AND $2 <> ''
        """, "-");

    public void Continue() => Signal("CONT");

    /// <summary>kill -9, and the end of its backends.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Until the server has noticed: a backend that waits for a lock does so later.</summary>
    public async Task EndedAsync()
    {
        while (!await AskAsync("SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = $1 AND $2 <> ''", "-"))
            await Task.Yield();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private async Task FreezeAsync(string condition, string argument)
    {
        for (; ; Continue())
        {
            while (!await AskAsync(condition, argument))
                Assert.False(_process.HasExited);
            Signal("STOP");
            if (await AskAsync(condition, argument))
                return;
        }
    }

    private void Signal(string signal)
    {
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -s {signal} {_process.Id}"]);
        kill.WaitForExit();
    }

    private async Task<bool> AskAsync(string sql, string argument)
    {
        await using NpgsqlCommand command = _harness.Others.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Name });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = argument });
        return (bool)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
