using System.Globalization;
using CodePool.Providers;
using StackExchange.Redis;

namespace CodePool.Redis.Internal;

/// <summary>The one hash in which all lies that safety needs. What is no number there was written by somebody else, and counts for nothing: the scripts refuse what they need.</summary>
internal sealed class Meta
{
    private const string LeasePrefix = "l:";
    private const string FrozenPrefix = "f:";

    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    public Meta(RedisResult fields)
    {
        // As Lua scripts return a hash: names and values in turn.
        var all = (string[])fields!;
        for (int i = 0; i + 1 < all.Length; i += 2)
            _fields[all[i]] = all[i + 1];
    }

    public string? Pool => _fields.GetValueOrDefault("pool");

    public string? Token => _fields.GetValueOrDefault("token");

    /// <summary>The token of the epoch that is open here; <see cref="Guid.Empty"/> when there is none.</summary>
    public Guid OpenToken => Guid.TryParseExact(Token, "N", out Guid token) ? token : Guid.Empty;

    public string? Replid => _fields.GetValueOrDefault("replid");

    public long Epoch => Number("epoch");

    public long HighestLease => Number("highest");

    public long Pushed => Number("pushed");

    public long Popped => Number("popped");

    public long Trimmed => Number("trimmed");

    /// <summary>Every lease of the epoch up to here is settled and forgotten.</summary>
    public long Mark => Number("mark");

    /// <summary>The leases pushed and not forgotten, each with what had been pushed up to its end.</summary>
    public IEnumerable<(long Lease, long Rank)> Leases =>
        from entry in _fields
        where entry.Key.StartsWith(LeasePrefix, StringComparison.Ordinal)
        let lease = Parse(entry.Key[LeasePrefix.Length..])
        let rank = Parse(entry.Value)
        where lease is not null && rank is not null
        select (lease.Value, rank.Value);

    /// <summary>Closed epochs whose journals are still here.</summary>
    public IEnumerable<Epoch> Frozen =>
        from entry in _fields
        where entry.Key.StartsWith(FrozenPrefix, StringComparison.Ordinal)
        let token = Guid.TryParseExact(entry.Key[FrozenPrefix.Length..], "N", out Guid parsed) ? parsed : Guid.Empty
        let number = Parse(entry.Value)
        where token != Guid.Empty && number is not null
        select new Epoch(number.Value, token, EpochKind.Redis, "", CodeConsistency.Journaled, EpochState.Closed, 0);

    private long Number(string name) => _fields.TryGetValue(name, out string? value) ? Parse(value) ?? 0 : 0;

    // Lua writes large numbers with an exponent.
    private static long? Parse(string value) =>
        decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) && Math.Abs(number) <= long.MaxValue ? (long)number : null;
}
