namespace CodePool.TestServers;

/// <summary>What a test asks of its server.</summary>
public sealed partial class RedisInstance
{
    /// <summary>Sends one command over a connection of its own; an error reply is thrown as <see cref="RespErrorException"/>.</summary>
    public async Task<RespValue> ExecuteAsync(params string[] command)
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            using RespConnection connection = await RespConnection.ConnectAsync(Port, _certificate, limit.Token);
            if (_options.Users.Count > 0)
                await connection.CallAsync(["AUTH", RedisConfigFile.OwnUser, _ownPassword!], limit.Token);
            else if (_ownPassword is not null)
                await connection.CallAsync(["AUTH", _ownPassword], limit.Token);
            return await connection.CallAsync(command, limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{command[0]} was not answered within {Limit.TotalSeconds} s.");
        }
    }

    /// <summary>The fields of INFO, of one section or of the usual ones.</summary>
    public async Task<IReadOnlyDictionary<string, string>> InfoAsync(string section = "default") =>
        (await ExecuteAsync("INFO", section)).Text!.Split("\r\n")
            .Select(line => line.Split(':', 2)).Where(field => field.Length == 2)
            .ToDictionary(field => field[0], field => field[1]);

    /// <summary>The name of its replication history: <c>master_replid</c>.</summary>
    public async Task<string> ReplicationIdAsync() => (await InfoAsync("replication"))["master_replid"];

    /// <summary>Writes a snapshot now; <see cref="RedisPersistence.Snapshot"/> finds it again.</summary>
    public Task SaveAsync() => ExecuteAsync("SAVE");

    /// <summary>Waits until the append-only file has all that was acknowledged: a kill then loses nothing.</summary>
    public Task WaitForAppendFileAsync() => Poll.UntilAsync(
        async () => (await InfoAsync("persistence"))["aof_buffer_length"] == "0", "an append-only file to be written");

    /// <summary>Makes it a replica. Of a port where nobody listens: it keeps what it has, and lags.</summary>
    public Task ReplicaOfAsync(string host, int port) => ExecuteAsync("REPLICAOF", host, $"{port}");

    /// <summary>Makes it a replica of another instance.</summary>
    public Task ReplicaOfAsync(RedisInstance primary) => ReplicaOfAsync("127.0.0.1", primary.Port);

    /// <summary>Makes it a primary, with a replication history of its own.</summary>
    public Task PromoteAsync() => ExecuteAsync("REPLICAOF", "NO", "ONE");

    /// <summary>Waits until <paramref name="replica"/> has all that this primary has written so far.</summary>
    public async Task WaitForReplicaAsync(RedisInstance replica)
    {
        IReadOnlyDictionary<string, string> primary = await InfoAsync("replication");
        await Poll.UntilAsync(
            async () =>
            {
                IReadOnlyDictionary<string, string> info = await replica.InfoAsync("replication");
                return info.GetValueOrDefault("master_link_status") == "up"
                    && info["master_replid"] == (await ReplicationIdAsync())
                    && Offset(info, "slave_repl_offset") >= Offset(primary, "master_repl_offset");
            },
            "a replica to catch up");
    }

    private static long Offset(IReadOnlyDictionary<string, string> info, string field) =>
        long.Parse(info[field], System.Globalization.CultureInfo.InvariantCulture);
}
