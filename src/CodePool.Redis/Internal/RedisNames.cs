using StackExchange.Redis;

namespace CodePool.Redis.Internal;

/// <summary>The keys of one pool, all in one hash slot. Lists are named by their epoch's token, so no two epochs share one.</summary>
internal sealed class RedisNames(string prefix, Guid pool)
{
    private readonly string _start = $"{prefix}:{{{pool:N}}}:";

    public string Pool { get; } = pool.ToString("N");

    public RedisKey Meta => _start + "meta";

    public RedisKey List(Guid token) => $"{_start}list:{token:N}";

    /// <summary>What is left of the last run, code by code.</summary>
    public RedisKey Loose(Guid token) => $"{_start}loose:{token:N}";

    public RedisKey Journal(Guid token) => $"{_start}journal:{token:N}";
}
