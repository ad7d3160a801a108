using System.Diagnostics;

namespace CodePool.Sqlite.Tests;

/// <summary>A second process; killed by its id when the test leaves it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        _process = Process.Start(start)!;
    }

    public static string Assembly => Path.Combine(AppContext.BaseDirectory, "CodePool.Sqlite.Worker.dll");

    public static WorkerProcess Start(params IEnumerable<string> arguments) => new(new ProcessStartInfo("dotnet", [Assembly, .. arguments]));

    /// <summary>Through another program, which takes the command line as its last arguments.</summary>
    public static WorkerProcess StartThrough(string program, IEnumerable<string> before, params IEnumerable<string> arguments) =>
        new(new ProcessStartInfo(program, [.. before, "dotnet", Assembly, .. arguments]));

    /// <summary>What it says, up to the line that the test waits for; all of it if that never comes.</summary>
    public async Task<List<string>> ReadUntilAsync(Predicate<string> last)
    {
        var lines = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            if (last(line))
                break;
        }

        return lines;
    }

    /// <summary>kill -9, and what it had said by then; a last line that was cut off does not count.</summary>
    public async Task<List<string>> KillAsync()
    {
        _process.Kill();
        string rest = await _process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return [.. rest[..(rest.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
