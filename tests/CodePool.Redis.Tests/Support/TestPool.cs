using CodePool.Providers;
using CodePool.Redis.Internal;
using CodePool.TestServers;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;

namespace CodePool.Redis.Tests.Support;

/// <summary>One pool, as any number of processes on any servers see it.</summary>
internal sealed class TestPool(RedisInstance server, CodeConsistency consistency = CodeConsistency.Journaled) : IAsyncDisposable
{
    private readonly List<RedisCodeCache> _processes = [];
    private readonly Guid _id = Guid.NewGuid();

    public RedisNames Names => new("codepool", _id);

    public string Meta => Names.Meta.ToString();

    public CodeConsistency Consistency => consistency;

    public FakeTimeProvider Time { get; } = new();

    public string List(Epoch epoch) => Names.List(epoch.Token).ToString();

    public string Loose(Epoch epoch) => Names.Loose(epoch.Token).ToString();

    public string Journal(Epoch epoch) => Names.Journal(epoch.Token).ToString();

    /// <summary>A process of this pool on the pool's server.</summary>
    public RedisCodeCache CreateProcess(RedisScripts? scripts = null, int maxJournal = 100_000) =>
        CreateProcess(server.CreateConfiguration(), scripts, maxJournal);

    /// <summary>A process of this pool on another server.</summary>
    public RedisCodeCache CreateProcess(RedisInstance other, RedisScripts? scripts = null) =>
        CreateProcess(other.CreateConfiguration(), scripts);

    /// <summary>A process of this pool that connects so.</summary>
    public RedisCodeCache CreateProcess(
        ConfigurationOptions connection, RedisScripts? scripts = null, int maxJournal = 100_000, RedisCodePoolOptions? options = null)
    {
        ConfigurationOptions own = OwnConnection.Configure(connection.ToString(includePassword: true));
        return Add(new RedisConnection("test", () => OwnConnection.ConnectAsync(own), owns: true, database: -1), scripts, maxJournal, options);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RedisCodeCache process in _processes)
            await process.DisposeAsync();
    }

    private RedisCodeCache Add(RedisConnection connection, RedisScripts? scripts, int maxJournal, RedisCodePoolOptions? options)
    {
        var process = new RedisCodeCache(
            "test", connection, options ?? new RedisCodePoolOptions { TrustReplicationId = true }, consistency, maxJournal, Time, NullLogger.Instance, scripts);
        process.Attach(new PoolRecord(_id, 0, false));
        _processes.Add(process);
        return process;
    }
}
