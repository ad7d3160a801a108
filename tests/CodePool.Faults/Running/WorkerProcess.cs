using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using CodePool.Faults.Workers;

namespace CodePool.Faults.Running;

/// <summary>A worker, seen from outside: started, told to stop, or killed.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int LinesKept = 200;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();
    private long _endedAt = long.MaxValue;

    private WorkerProcess(WorkerSettings settings)
    {
        Settings = settings;

        // Started as "dotnet CodePool.Faults.dll", the program is dotnet's first argument.
        string[] program = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        _process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. program, "worker", JsonSerializer.Serialize(settings)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Id = _process.Id;
        _process.ErrorDataReceived += (_, line) => Receive(line.Data);
        _process.BeginErrorReadLine();
    }

    public WorkerSettings Settings { get; }

    public int Id { get; }

    public bool IsKilled { get; private set; }

    /// <summary>What it said at its end; null if it was killed.</summary>
    public WorkerResult? Result { get; private set; }

    /// <summary>Whether it could not take any more at that time: a <see cref="Stopwatch"/> timestamp.</summary>
    public bool EndedBefore(long time) => _endedAt < time;

    /// <summary>The last lines of its log.</summary>
    public IEnumerable<string> Errors => _errors;

    /// <summary>Whether it has got a code yet.</summary>
    public bool Takes => File.Exists(Settings.Log) && new FileInfo(Settings.Log).Length > 0;

    public static async Task<WorkerProcess> StartAsync(WorkerSettings settings)
    {
        var worker = new WorkerProcess(settings);
        await worker.ExpectAsync(Worker.Started);
        return worker;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        IsKilled = true;
        _endedAt = Stopwatch.GetTimestamp();
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <returns>How many confirmed codes lie there and wait for a caller.</returns>
    public async Task<int> StopTakingAsync()
    {
        await _process.StandardInput.WriteLineAsync(Worker.Stop);
        int ahead = int.Parse(await ExpectAsync(Worker.Stopped), CultureInfo.InvariantCulture);
        _endedAt = Stopwatch.GetTimestamp();
        return ahead;
    }

    public async Task TakeAgainAsync()
    {
        await _process.StandardInput.WriteLineAsync(Worker.Go);
        _endedAt = long.MaxValue;
    }

    /// <summary>What its health check says.</summary>
    public async Task<string> AskHealthAsync()
    {
        await _process.StandardInput.WriteLineAsync(Worker.Health);
        return await ReadLineAsync();
    }

    public async Task QuitAsync()
    {
        await _process.StandardInput.WriteLineAsync(Worker.Quit);
        Result = JsonSerializer.Deserialize<WorkerResult>(await ReadLineAsync());
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <returns>What it says after that.</returns>
    private async Task<string> ExpectAsync(string expected)
    {
        string line = await ReadLineAsync();
        return line.StartsWith(expected, StringComparison.Ordinal)
            ? line[expected.Length..]
            : throw new InvalidOperationException($"A worker said '{line}' and not '{expected}'.");
    }

    private async Task<string> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(Limit)
        ?? throw new InvalidOperationException($"A worker has ended: {string.Join('\n', _errors)}");

    private void Receive(string? line)
    {
        if (line is null)
            return;
        _errors.Enqueue(line);
        if (_errors.Count > LinesKept)
            _errors.TryDequeue(out _);
    }
}
