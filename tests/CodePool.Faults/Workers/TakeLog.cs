using System.Globalization;
using System.Text;

namespace CodePool.Faults.Workers;

/// <summary>
/// A line for each code, written when the take has returned it: when the take began, when it ended, the code. Each line is one write to
/// the system, so a killed process leaves whole lines of all that its callers had.
/// </summary>
internal sealed class TakeLog(string path) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    private readonly Lock _lock = new();

    public void Write(long began, long ended, string code)
    {
        byte[] line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{began} {ended} {code}\n"));
        lock (_lock)
            _file.Write(line);
    }

    public void Dispose() => _file.Dispose();
}
