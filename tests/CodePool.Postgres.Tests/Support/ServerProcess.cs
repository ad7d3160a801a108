using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace CodePool.Postgres.Tests.Support;

/// <summary>
/// A program that ends with this process, even when this process is killed: a shell waits at the other end of a pipe and
/// ends its child, by its own id, when the pipe closes.
/// </summary>
internal sealed class ServerProcess : IDisposable
{
    private const string Keep = "keep";

    // $1: the signal that stops it. $2: its folder, removed at the end unless somebody says "keep". The rest: the program,
    // which must not inherit the pipe.
    private const string Watch = """
        signal=$1; folder=$2; shift 2
        "$@" < /dev/null &
        child=$!
        read -r answer
        kill -"$signal" $child
        wait $child
        [ "$answer" = keep ] || rm -rf "$folder"
        """;

    private readonly Process _shell;

    private ServerProcess(Process shell) => _shell = shell;

    /// <summary>Servers refuse to run as root: then they run as the user postgres.</summary>
    public static bool IsRoot => Environment.UserName == "root";

    public static ServerProcess Start(string signal, string folder, params string[] command)
    {
        Process shell = Process.Start(Describe(["/bin/sh", "-c", Watch, "watch", signal, folder, .. command]))!;

        // Drained, so that a full pipe never blocks the server.
        shell.OutputDataReceived += (_, _) => { };
        shell.ErrorDataReceived += (_, _) => { };
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
        return new ServerProcess(shell);
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task RunAsync(params string[] command)
    {
        using Process process = Process.Start(Describe(command))!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command[0]} failed: {await output}{errors}");
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Closes the pipe, and waits for the shell to have ended its child.</summary>
    public async Task StopAsync(bool keepFolder)
    {
        if (keepFolder)
            await _shell.StandardInput.WriteLineAsync(Keep);
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
    }

    public void Dispose() => _shell.Dispose();

    private static ProcessStartInfo Describe(IReadOnlyList<string> command)
    {
        string[] all = IsRoot ? ["runuser", "-u", "postgres", "--", .. command] : [.. command];
        return new ProcessStartInfo(all[0], all[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
    }
}
