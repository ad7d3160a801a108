using System.Diagnostics;
using System.Globalization;

namespace CodePool.Benchmarks.Pipeline;

/// <summary>CPU seconds used so far by this process, the Redis server and all of PostgreSQL's processes (Linux; elsewhere nothing).</summary>
internal readonly record struct CpuTime(double Client, double Redis, double Postgres)
{
    private const double TicksPerSecond = 100;

    public static CpuTime Now(int redis)
    {
        double client = Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;
        if (!OperatingSystem.IsLinux())
            return new CpuTime(client, 0, 0);
        IEnumerable<string> all = Directory.EnumerateDirectories("/proc").Where(process => char.IsAsciiDigit(Path.GetFileName(process)[0]));
        return new CpuTime(client, Of($"/proc/{redis}", ""), all.Sum(process => Of(process, "(postgres)")));
    }

    /// <summary>Cores in use between two readings.</summary>
    public string Since(CpuTime start, double seconds) => string.Create(
        CultureInfo.InvariantCulture,
        $"cores: client {(Client - start.Client) / seconds:F2}, Redis {(Redis - start.Redis) / seconds:F2}, PostgreSQL {(Postgres - start.Postgres) / seconds:F2}");

    private static double Of(string process, string name)
    {
        try
        {
            // The name, in parentheses, may hold spaces; user and system time are the 12th and 13th fields behind it, and those of children that have
            // ended (a connection that the client closed) the next two.
            string stat = File.ReadAllText(Path.Combine(process, "stat"));
            string[] fields = stat.Split(") ")[^1].Split(' ');
            return stat.Contains(name, StringComparison.Ordinal)
                ? fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond
                : 0;
        }
        catch (IOException)
        {
            return 0; // It has ended.
        }
    }
}
