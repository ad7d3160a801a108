using System.Runtime.CompilerServices;
using CodePool.Providers;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace CodePool.Redis.Internal;

/// <summary>The cache in Redis: three lists and one hash, touched by fenced scripts only.</summary>
/// <param name="pool">The pool's name.</param>
/// <param name="redis">The way to the server.</param>
/// <param name="options">Keys, and what the server promises.</param>
/// <param name="consistency">The pool's: Journaled rests on the server's replication id.</param>
/// <param name="maxJournal">The bound on the journal.</param>
/// <param name="time">The clock of the grace for claims under way.</param>
/// <param name="logger">The library's.</param>
/// <param name="scripts">For tests: scripts without a protection.</param>
internal sealed partial class RedisCodeCache(
    string pool, RedisConnection redis, RedisCodePoolOptions options, CodeConsistency consistency, int maxJournal,
    TimeProvider time, ILogger logger, RedisScripts? scripts = null) : CodeCache
{
    /// <summary>Codes that one pop moves at most: Redis serves nobody else meanwhile, and a script can pass on some 8,000 at once.</summary>
    private const int MaxPop = 2_000;

    private readonly RedisScripts _scripts = scripts ?? new RedisScripts();
    private readonly RedisValue _maxJournal = maxJournal;
    private volatile RedisNames? _names;
    private volatile JoinedEpoch? _joined;

    public override EpochKind Kind => EpochKind.Redis;

    private RedisNames Names => _names ?? throw new InvalidOperationException($"Pool '{pool}': attach the cache first.");

    public override void Attach(PoolRecord pool) => _names ??= new RedisNames(options.KeyPrefix, pool.Id);

    public override void Join(Epoch epoch)
    {
        if (_joined?.Epoch.Token != epoch.Token)
            _joined = new JoinedEpoch(epoch, Names);
    }

    public override async ValueTask<CacheStatus> PushAsync(Epoch epoch, Lease lease, CancellationToken cancellationToken)
    {
        var joined = new JoinedEpoch(epoch, Names);
        RedisResult? pushed = await RunAsync(
            _scripts.Push, joined, cancellationToken, [lease.Number, lease.Codes.Count, .. Entry.Write(lease)]).ConfigureAwait(false);
        return (string?)pushed switch
        {
            "OK" => CacheStatus.Ok,
            "DUPLICATE" => CacheStatus.Duplicate,
            "FULL" => CacheStatus.Full,
            _ => CacheStatus.Fenced,
        };
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // A lone take pays for each of its steps' boxes.
    public override async ValueTask<PopResult> PopAsync(int maxCount, CancellationToken cancellationToken)
    {
        if (_joined is not { } joined)
            return new PopResult(CacheStatus.Ok, null, [], 0);
        int count = Math.Min(maxCount, MaxPop);
        RedisResult popped;
        try
        {
            popped = await redis.RunAsync(_scripts.Pop, joined.Keys, joined.Values(count, _maxJournal, Entry.RunLength), count).ConfigureAwait(false);
        }
        catch (RedisFencedException)
        {
            return new PopResult(CacheStatus.Fenced, joined.Epoch, [], 0);
        }

        // In a Confirmed epoch nothing is trimmed, and the difference is all that was ever popped.
        long remaining = (long)popped[0], journaled = joined.IsJournaled ? (long)popped[1] : 0;
        if (popped.Length < 3)
            return new PopResult(remaining > 0 ? CacheStatus.Full : CacheStatus.Ok, null, [], remaining, journaled);
        List<LeasedCode> codes = Entry.ReadAll((byte[])popped[2]!, count);
        return new PopResult(CacheStatus.Ok, codes.Count > 0 ? joined.Epoch : null, codes, remaining, journaled);
    }

    public override async ValueTask<CacheLevels?> GetLevelsAsync(CancellationToken cancellationToken)
    {
        if (_joined is not { } joined)
            return new CacheLevels(0, 0);
        return await ReadMetaAsync(joined, cancellationToken).ConfigureAwait(false) is { } meta
            ? new CacheLevels(meta.Pushed - meta.Popped, joined.IsJournaled ? meta.Popped - meta.Trimmed : 0, meta.HighestLease)
            : null;
    }

    public override async ValueTask<IReadOnlyList<long>?> FindUnknownAsync(
        Epoch epoch, IReadOnlyList<long> leases, CancellationToken cancellationToken)
    {
        if (await ReadMetaAsync(new JoinedEpoch(epoch, Names), cancellationToken).ConfigureAwait(false) is not { } meta)
            return null;
        var known = meta.Leases.Select(lease => lease.Lease).ToHashSet();
        return [.. leases.Where(lease => lease > meta.Mark && !known.Contains(lease))];
    }

    public override async ValueTask DisposeAsync()
    {
        await redis.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<Meta?> ReadMetaAsync(JoinedEpoch joined, CancellationToken cancellationToken) =>
        await RunAsync(_scripts.State, joined, cancellationToken).ConfigureAwait(false) is { } state ? new Meta(state) : null;

    /// <summary>Null when the fence refuses.</summary>
    private async ValueTask<RedisResult?> RunAsync(
        RedisScript script, JoinedEpoch joined, CancellationToken cancellationToken, params RedisValue[] own)
    {
        try
        {
            return await redis.RunAsync(script, joined.Keys, joined.Values(own)).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (RedisFencedException)
        {
            return null;
        }
    }
}
