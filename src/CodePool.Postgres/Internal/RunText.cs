using System.Text;
using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>The open codes of a run as the server sends them: one text, a code a line.</summary>
/// <param name="Run">Their numbers.</param>
/// <param name="Open">How many of them have status open.</param>
/// <param name="Lines">Null when none has.</param>
internal readonly record struct RunText(NumberRun Run, long Open, byte[]? Lines)
{
    public static RunText Read(NpgsqlDataReader reader, int column, NumberRun run) =>
        new(run, reader.GetInt64(column), reader.IsDBNull(column + 1) ? null : reader.GetFieldValue<byte[]>(column + 1));

    /// <summary>
    /// Status open carries promise 1 here: whatever the ranges say, a code that is Used is never leased. Counted before the lease is
    /// recorded; what is left to do afterwards cannot fail.
    /// </summary>
    public bool IsComplete => Open == Run.Count && Lines.AsSpan().Count((byte)'\n') == Run.Count - 1;

    public Lease ToLease(long number)
    {
        var codes = new string[Run.Count];
        int next = 0;
        ReadOnlySpan<byte> lines = Lines;
        foreach (Range line in lines.Split((byte)'\n'))
            codes[next++] = Encoding.UTF8.GetString(lines[line]);
        return new Lease(number, Run.First, codes);
    }
}
