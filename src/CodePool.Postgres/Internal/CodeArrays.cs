using CodePool.Providers;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>Codes as array parameters, ascending by number: the order in which their rows are locked, in every process.</summary>
internal sealed class CodeArrays
{
    /// <summary>On average, for runs to be worth it.</summary>
    private const int ShortestRun = 4;

    private readonly long[] _leases;
    private readonly long[] _ids;
    private readonly string[] _codes;

    public CodeArrays(IReadOnlyList<LeasedCode> codes)
    {
        // Stable: of a code that is there twice the first place comes first.
        Places = [.. Enumerable.Range(0, codes.Count).OrderBy(place => codes[place].Number)];
        _leases = Array.ConvertAll(Places, place => codes[place].Lease);
        _ids = Array.ConvertAll(Places, place => codes[place].Number);
        _codes = Array.ConvertAll(Places, place => codes[place].Code);
    }

    /// <summary>Where each code of the arrays was in the list.</summary>
    public int[] Places { get; }

    public NpgsqlParameter CodeLeases => Sql.Value("code_leases", _leases);

    public NpgsqlParameter Ids => Sql.Value("ids", _ids);

    public NpgsqlParameter Codes => Sql.Value("codes", _codes);

    /// <summary>The leases to lock, each once.</summary>
    public NpgsqlParameter Leases => Sql.Value("leases", _leases.Distinct().ToArray());

    /// <summary>The same as runs; null when there are none, or they are so short that a look-up a code is as good.</summary>
    public CodeRuns? FindLongRuns()
    {
        var runs = new CodeRuns(_leases, _ids, _codes);
        return runs.Count > 0 && runs.Count * ShortestRun <= _ids.Length ? runs : null;
    }
}
