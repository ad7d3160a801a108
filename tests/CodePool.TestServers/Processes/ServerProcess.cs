using System.Collections.Concurrent;
using System.Diagnostics;

namespace CodePool.TestServers;

/// <summary>
/// A program that ends with this process, even when this process is killed: a shell waits at the other end of a pipe and
/// ends its child, by its own id, when the pipe closes. Signals go the same way, so they never meet a stranger's id.
/// </summary>
public sealed class ServerProcess : IDisposable
{
    private const string Keep = "keep";
    private const int LinesKept = 40;

    // $1: the signal that ends it. $2: its folder, removed at the end unless somebody says "keep". The rest: the program,
    // which must not inherit the pipe. Once the shell has let go of stderr, its end is the program's end. A stopped program
    // is continued, or it would not see its signal.
    private const string Watch = """
        signal=$1; folder=$2; keep=; shift 2
        "$@" < /dev/null >&2 &
        child=$!
        exec 2> /dev/null
        echo $child
        while read -r line; do
          case $line in
            keep) keep=1 ;;
            *) kill -s "$line" $child; echo sent ;;
          esac
        done
        kill -s "$signal" $child
        kill -s CONT $child
        wait $child
        [ "$keep" ] || rm -rf "$folder"
        """;

    private readonly Process _shell;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process shell)
    {
        _shell = shell;

        // Drained, so that a full pipe never blocks the server.
        shell.ErrorDataReceived += (_, line) => Receive(line.Data);
        shell.BeginErrorReadLine();
    }

    /// <summary>The program's own process id, not the shell's.</summary>
    public int Id { get; private set; }

    /// <summary>Completes when the program has ended, for whatever reason.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Starts a program as <paramref name="user"/>, or as who this process is.</summary>
    /// <param name="user">Null, unless the program refuses to run as root.</param>
    /// <param name="signal">What ends it: TERM, QUIT, KILL.</param>
    /// <param name="folder">Removed with it; may be empty.</param>
    /// <param name="command">The program and its arguments.</param>
    public static async Task<ServerProcess> StartAsync(string? user, string signal, string folder, params string[] command)
    {
        Process shell = Process.Start(Describe(user, ["/bin/sh", "-c", Watch, "watch", signal, folder, .. command]))!;
        var process = new ServerProcess(shell);
        process.Id = int.TryParse(await shell.StandardOutput.ReadLineAsync(), out int id)
            ? id
            : throw new InvalidOperationException($"{command[0]} was not started: {process.Output}");
        return process;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task RunAsync(string? user, params string[] command)
    {
        using Process process = Process.Start(Describe(user, command))!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command[0]} failed: {await output}{errors}");
    }

    /// <summary>The last lines the program has written.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>A server that did not come up says why.</summary>
    public void ThrowIfEnded()
    {
        if (Ended.IsCompleted)
            throw new InvalidOperationException($"The server has ended: {Output}");
    }

    /// <summary>Sends the program a signal, by name; returns when it is sent.</summary>
    public async Task SignalAsync(string signal)
    {
        await _shell.StandardInput.WriteLineAsync(signal);
        await _shell.StandardInput.FlushAsync();
        if (await _shell.StandardOutput.ReadLineAsync() is null)
            throw new InvalidOperationException($"The shell that watches process {Id} has ended.");
    }

    /// <summary>Closes the pipe, and waits for the shell to have ended its child.</summary>
    public async Task StopAsync(bool keepFolder)
    {
        if (keepFolder)
            await _shell.StandardInput.WriteLineAsync(Keep);
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _shell.Dispose();

    private void Receive(string? line)
    {
        if (line is null)
        {
            _ended.TrySetResult();
            return;
        }

        _output.Enqueue(line);
        if (_output.Count > LinesKept)
            _output.TryDequeue(out _);
    }

    private static ProcessStartInfo Describe(string? user, IReadOnlyList<string> command)
    {
        string[] all = user is null ? [.. command] : ["runuser", "-u", user, "--", .. command];
        return new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
    }
}
