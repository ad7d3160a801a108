using System.Diagnostics;
using CodePool.Faults.Workers;
using CodePool.TestServers;

namespace CodePool.Faults.Running;

/// <summary>One run of a scenario: its servers, its workers, and when the fault was.</summary>
internal sealed class FaultRun(RunSettings settings, StoreDatabase store, PostgresInstance database) : IAsyncDisposable
{
    /// <summary>How many codes a worker may confirm ahead, if it does.</summary>
    public const int Ahead = 512;

    private const int Workers = 2;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("codepool-faults-");
    private readonly Stack<IAsyncDisposable> _servers = new();
    private readonly List<WorkerProcess> _workers = [];

    public RunSettings Settings => settings;

    /// <summary>This run's database.</summary>
    public StoreDatabase Store => store;

    public PostgresInstance Database => database;

    /// <summary>How many take at once in each worker. Confirmed takes share an update of the store, so more of them come.</summary>
    public int Takers => IsConfirmed ? 64 : 4;

    private bool IsConfirmed => settings.Pool.Consistency == CodeConsistency.Confirmed;

    public Random Random { get; } = new(settings.Seed);

    public IReadOnlyList<WorkerProcess> AllWorkers => _workers;

    public IEnumerable<WorkerProcess> LivingWorkers => _workers.Where(worker => !worker.IsKilled && worker.Result is null);

    /// <summary>Who holds the pool's keys in the end.</summary>
    public RedisInstance? Redis { get; set; }

    /// <summary>When the fault was: a <see cref="Stopwatch"/> timestamp.</summary>
    public long FaultAt { get; private set; }

    /// <summary>Faults that only this scenario can see.</summary>
    public long OtherFaults { get; set; }

    public async Task<RedisInstance> StartRedisAsync(RedisPersistence persistence = RedisPersistence.None)
    {
        RedisInstance redis = await RedisInstance.StartNewAsync(new RedisOptions { Persistence = persistence });
        _servers.Push(redis);
        return Redis = redis;
    }

    public async Task<RedisInstance> StartReplicaAsync(RedisInstance primary)
    {
        RedisInstance replica = await RedisInstance.StartNewAsync(new RedisOptions { Persistence = RedisPersistence.Snapshot });
        _servers.Push(replica);
        await replica.ReplicaOfAsync(primary);
        await primary.WaitForReplicaAsync(replica);
        return replica;
    }

    public FaultProxy StartProxy(RedisInstance redis)
    {
        FaultProxy proxy = FaultProxy.Start(redis.Port);
        _servers.Push(proxy);
        return proxy;
    }

    /// <summary>Before the database.</summary>
    public TcpRelay StartRelay()
    {
        TcpRelay relay = TcpRelay.Start(database.Port);
        _servers.Push(relay);
        return relay;
    }

    /// <summary>Starts the workers and waits until each has a code.</summary>
    public Task StartWorkersAsync(params int[] ports) => StartWorkersAsync([.. Enumerable.Repeat(ports, Workers)]);

    /// <summary>Starts a worker for each list of endpoints and waits until each has a code.</summary>
    public async Task StartWorkersAsync(int[][] ports)
    {
        WorkerProcess[] started = await Task.WhenAll(ports.Select((endpoints, place) => StartWorkerAsync(endpoints, place % 2 == 0)));
        await Wait.ForAsync(() => started.All(worker => worker.Takes), Limit, "the first codes");
    }

    /// <param name="ports">The endpoints of Redis.</param>
    /// <param name="ahead">Whether it confirms ahead, in a Confirmed pool. Every other worker does.</param>
    /// <param name="databasePort">Where it finds the database, if not at its own port.</param>
    public async Task<WorkerProcess> StartWorkerAsync(int[] ports, bool ahead, int? databasePort = null)
    {
        string log;
        lock (_workers)
            log = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.log");
        WorkerProcess worker = await WorkerProcess.StartAsync(new WorkerSettings(
            store.ConnectionStringAt(databasePort), string.Join(',', ports.Select(port => $"127.0.0.1:{port}")), settings.Pool, ahead && IsConfirmed ? Ahead : 0, log,
            Takers, settings.Pool.Rate, settings.Without));
        lock (_workers)
            _workers.Add(worker);
        return worker;
    }

    /// <summary>Lets the workers take for a share of the run's time, a little more or less as the seed says.</summary>
    public Task TakeAsync(double share) => Task.Delay(settings.Length * share * (0.9 + (0.2 * Random.NextDouble())));

    /// <summary>Hand-out has to go on from now.</summary>
    public void Fault() => FaultAt = Stopwatch.GetTimestamp();

    public async Task StopTakingAsync() => await Task.WhenAll(LivingWorkers.Select(worker => worker.StopTakingAsync()));

    public async Task QuitAsync() => await Task.WhenAll(LivingWorkers.Select(worker => worker.QuitAsync()));

    public async ValueTask DisposeAsync()
    {
        foreach (WorkerProcess worker in _workers)
            worker.Dispose();
        while (_servers.TryPop(out IAsyncDisposable? server))
            await EndAsync(server);
        _folder.Delete(recursive: true);
    }

    private static async Task EndAsync(IAsyncDisposable server)
    {
        try
        {
            await server.DisposeAsync();
        }
        catch (InvalidOperationException lost) when (server is FaultProxy)
        {
            // It then cut that connection, which is a fault like the others. Nothing here rests on what it counted.
            await Console.Error.WriteLineAsync($"  {lost.Message}");
        }
    }
}
