using CodePool.Providers;
using StackExchange.Redis;

namespace CodePool.Redis.Internal;

/// <content>What the server is, and the opening of an epoch in it.</content>
internal sealed partial class RedisCodeCache
{
    private const string NoEviction = "noeviction";

    /// <summary>The token that meta had when last looked at, '' for none: an open must find it still there.</summary>
    private volatile string _lastToken = "";
    private bool _saidTrust;

    public override async ValueTask<CacheView> LookAsync(CancellationToken cancellationToken)
    {
        RedisResult looked;
        try
        {
            looked = await redis.RunAsync(_scripts.Look, [Names.Meta], []).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RedisFencedException)
        {
            throw new CodePoolConfigurationException(
                pool, "its key in Redis that ends in ':meta' is no hash; somebody else has written it. Set RedisCodePoolOptions.KeyPrefix to a value of this pool's own, or delete it.");
        }

        ServerInfo server = ServerInfo.Read(looked);
        string identity = Require(server);
        var meta = new Meta(looked[3]);
        if (meta.Pool is { } owner && owner != Names.Pool)
            throw new CodePoolConfigurationException(pool, "its keys in Redis belong to another pool. Set RedisCodePoolOptions.KeyPrefix to a value of this pool's own.");
        _lastToken = meta.Token ?? "";
        return new CacheView(identity, meta.OpenToken, meta.Epoch, meta.HighestLease, [.. meta.Frozen], [.. Problems(server)]);
    }

    public override async ValueTask<CacheStatus> OpenAsync(Epoch epoch, CancellationToken cancellationToken)
    {
        string before = _lastToken;

        // One that is no token was written by somebody else: it must not keep the pool from being opened anew.
        Guid old = Guid.TryParseExact(before, "N", out Guid token) ? token : epoch.Token;
        try
        {
            await redis.RunAsync(
                _scripts.Open,
                [Names.Meta, Names.List(old), Names.Journal(old), Names.Loose(old)],
                [
                    epoch.CacheIdentity, epoch.Token.ToString("N"), epoch.Number, Names.Pool,
                    epoch.Consistency == CodeConsistency.Journaled ? "J" : "C", before,
                ]).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RedisFencedException)
        {
            return CacheStatus.Fenced;
        }

        Join(epoch);
        return CacheStatus.Ok;
    }

    /// <summary>The identity of the server, if it can serve this pool.</summary>
    private string Require(ServerInfo server)
    {
        if (!server.IsPrimary)
            throw new CodePoolCacheUnavailableException(pool, "this Redis server is a replica; its primary is not known yet.");
        Product product = Product.Of(server);

        // Confirmed: whatever stands there is compared, and proves nothing; the store fences each code by itself.
        if (consistency == CodeConsistency.Confirmed)
        {
            return server["master_replid"] ?? throw new CodePoolConfigurationException(
                pool, $"{product.Name} has no master_replid in INFO replication, which every script compares. Use Redis, or a product that has one (docs/redis.md).");
        }

        if (server.ReplicationId is not { } identity)
        {
            throw new CodePoolConfigurationException(
                pool, $"Consistency is Journaled, but {product.Name} has no replication id that could fence it. Set Consistency to Confirmed, or use Redis.");
        }

        if (!product.IsProven && !options.TrustReplicationId)
        {
            throw new CodePoolConfigurationException(
                pool, $"Consistency is Journaled, but its fence has not been tested on {product.Name} (it has on {Product.AllProven}). Set Consistency to Confirmed, which needs no trust in the cache; or run the tests (docs/redis.md) and set RedisCodePoolOptions.TrustReplicationId.");
        }

        if (!product.IsProven && !_saidTrust)
            logger.TrustedReplicationId(pool, product.Name);
        _saidTrust |= !product.IsProven;
        return identity;
    }

    private static IEnumerable<string> Problems(ServerInfo server)
    {
        if (server.EvictionPolicy is { } policy && policy != NoEviction)
            yield return $"Redis may evict keys (maxmemory-policy {policy}): each eviction of the pool's keys burns what is cached. Set it to {NoEviction}.";
    }
}
