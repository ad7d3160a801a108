using CodePool.Providers;
using StackExchange.Redis;

namespace CodePool.Redis.Internal;

/// <summary>The epoch that this process takes part in, as its scripts name it.</summary>
internal sealed class JoinedEpoch(Epoch epoch, RedisNames names)
{
    private readonly RedisValue _identity = epoch.CacheIdentity;
    private readonly RedisValue _token = epoch.Token.ToString("N");

    public Epoch Epoch => epoch;

    public bool IsJournaled => epoch.Consistency == CodeConsistency.Journaled;

    /// <summary>What the fence asks for: meta, list, journal, loose.</summary>
    public RedisKey[] Keys { get; } = [names.Meta, names.List(epoch.Token), names.Journal(epoch.Token), names.Loose(epoch.Token)];

    /// <summary>What the fence compares, and a script's own arguments.</summary>
    public RedisValue[] Values(params ReadOnlySpan<RedisValue> own) => [_identity, _token, .. own];
}
