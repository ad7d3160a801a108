using StackExchange.Redis;

namespace CodePool.Redis.Internal;

/// <summary>What a server says of itself in INFO.</summary>
internal sealed class ServerInfo
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    public ServerInfo(params ReadOnlySpan<string?> sections)
    {
        foreach (string? section in sections)
        {
            foreach (string line in (section ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0)
                    _fields[line[..colon]] = line[(colon + 1)..];
            }
        }
    }

    public bool IsPrimary => this["role"] == "master";

    /// <summary>The replication id: 40 hexadecimal digits; null when the server has none worth the name.</summary>
    public string? ReplicationId =>
        this["master_replid"] is { Length: 40 } id && id.All(char.IsAsciiHexDigit) && id.Any(digit => digit != '0') ? id : null;

    /// <summary>Null when the server does not say.</summary>
    public string? EvictionPolicy => this["maxmemory_policy"];

    public string? this[string field] => _fields.GetValueOrDefault(field);

    public bool Has(string field) => _fields.ContainsKey(field);

    public static ServerInfo Read(RedisResult sections) => new((string?)sections[0], (string?)sections[1], (string?)sections[2]);
}
