using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace CodePool.Redis.Internal;

/// <summary>Connects at the first use, sends scripts, and makes the client's exceptions ours.</summary>
/// <param name="pool">The pool's name.</param>
/// <param name="connect">Brings the connection.</param>
/// <param name="owns">Whether it is disposed with this.</param>
/// <param name="database">The number of the database.</param>
/// <param name="sendsUnknown">For tests: false leaves it at a script's hash.</param>
internal sealed class RedisConnection(
    string pool, Func<Task<IConnectionMultiplexer>> connect, bool owns, int database, bool sendsUnknown = true) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private volatile IConnectionMultiplexer? _multiplexer;
    private volatile IDatabase? _database;
    private int _refreshing;

    /// <summary>Runs a script once. It is repeated only if the server says that it does not know it, and so did not run it.</summary>
    /// <param name="script">The script.</param>
    /// <param name="keys">Its keys, all in one hash slot.</param>
    /// <param name="values">Its arguments.</param>
    /// <param name="taking">How many codes are taken if it runs and its reply is lost.</param>
    /// <exception cref="RedisFencedException">The fence refused, and nothing was touched; or a pop met what is no run, and whatever it had popped is nobody's.</exception>
    /// <exception cref="CodePoolCacheUnavailableException">It may pass.</exception>
    /// <exception cref="CodePoolConfigurationException">A person must mend it.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // A lone take pays for each of its steps' boxes.
    public async ValueTask<RedisResult> RunAsync(RedisScript script, RedisKey[] keys, RedisValue[] values, int taking = 0)
    {
        try
        {
            IDatabase redis = _database ?? await ConnectAsync().ConfigureAwait(false);
            try
            {
                return await redis.ScriptEvaluateAsync(script.Hash, keys, values, CommandFlags.DemandMaster).ConfigureAwait(false);
            }
            catch (RedisServerException unknown) when (sendsUnknown && unknown.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
            {
                // NoScriptCache: as plain EVAL. The client would load it first, and a SCRIPT FLUSH could come between.
                return await redis.ScriptEvaluateAsync(
                    script.Text, keys, values, CommandFlags.DemandMaster | CommandFlags.NoScriptCache).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException)
        {
            if (Interlocked.Exchange(ref _refreshing, 1) == 0)
                _ = RefreshAsync();
            throw RedisErrors.Translate(pool, failure, taking);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (owns && _multiplexer is { } own)
            await own.DisposeAsync().ConfigureAwait(false);
        _gate.Dispose();
    }

    /// <summary>
    /// Asks the servers who is the primary now. By itself the client does so once a minute: so long after a failover it would refuse to
    /// write to the promoted replica, or go on writing to the demoted primary.
    /// </summary>
    private async Task RefreshAsync()
    {
        try
        {
            if (_multiplexer is { } multiplexer)
                await multiplexer.ConfigureAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException or ObjectDisposedException)
        {
            // Whoever calls next meets it, and asks again.
        }
        finally
        {
            Volatile.Write(ref _refreshing, 0);
        }
    }

    private async ValueTask<IDatabase> ConnectAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            _multiplexer ??= await connect().ConfigureAwait(false);
            return _database ??= _multiplexer.GetDatabase(database);
        }
        finally
        {
            _gate.Release();
        }
    }
}
