using System.Text;
using Npgsql;

namespace CodePool.Postgres.Internal;

/// <summary>
/// Codes as runs of numbers that follow each other, one range of the index each: what a cache hands out in the order of its leases. The codes of a run
/// stand one after the other in its bytes, so that each row's code is compared with the one at its place.
/// </summary>
internal sealed class CodeRuns
{
    private readonly List<long> _leases = [];
    private readonly List<long> _firsts = [];
    private readonly List<long> _lasts = [];
    private readonly List<int> _lengths = [];
    private readonly List<byte[]> _codes = [];

    /// <param name="leases">The lease of each code.</param>
    /// <param name="ids">Its number; ascending.</param>
    /// <param name="codes">The codes.</param>
    public CodeRuns(long[] leases, long[] ids, string[] codes)
    {
        for (int first = 0, next; first < ids.Length; first = next)
        {
            int length = Encoding.UTF8.GetByteCount(codes[first]);
            for (next = first + 1; next < ids.Length; next++)
            {
                // The same number again begins another run.
                if (leases[next] != leases[first] || ids[next] != ids[next - 1] + 1 || Encoding.UTF8.GetByteCount(codes[next]) != length)
                    break;
            }

            _leases.Add(leases[first]);
            _firsts.Add(ids[first]);
            _lasts.Add(ids[next - 1]);
            _lengths.Add(length);
            _codes.Add(Join(codes.AsSpan(first, next - first), length));
        }
    }

    public int Count => _firsts.Count;

    public NpgsqlParameter[] Parameters =>
    [
        Sql.Value("run_leases", _leases.ToArray()), Sql.Value("run_firsts", _firsts.ToArray()), Sql.Value("run_lasts", _lasts.ToArray()),
        Sql.Value("run_lengths", _lengths.ToArray()), Sql.Value("run_codes", _codes.ToArray()),
    ];

    private static byte[] Join(ReadOnlySpan<string> codes, int length)
    {
        var bytes = new byte[codes.Length * length];
        for (int i = 0; i < codes.Length; i++)
            Encoding.UTF8.GetBytes(codes[i], bytes.AsSpan(i * length));
        return bytes;
    }
}
