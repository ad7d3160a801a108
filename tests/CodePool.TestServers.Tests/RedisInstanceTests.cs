using StackExchange.Redis;

namespace CodePool.TestServers.Tests;

public sealed class RedisInstanceTests
{
    [Theory]
    [InlineData(RedisPersistence.None, 0)]
    [InlineData(RedisPersistence.Snapshot, 1)]
    [InlineData(RedisPersistence.AppendEverySecond, 2)]
    [InlineData(RedisPersistence.AppendAlways, 2)]
    public async Task A_killed_server_finds_again_what_its_persistence_kept(RedisPersistence persistence, int expected)
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync(new RedisOptions { Persistence = persistence });
        int first = server.ProcessId;
        string history = await server.ReplicationIdAsync();
        await server.ExecuteAsync("RPUSH", "list", "a");
        if (persistence == RedisPersistence.Snapshot)
            await server.SaveAsync();
        await server.ExecuteAsync("RPUSH", "list", "b");
        if (persistence == RedisPersistence.AppendEverySecond)
            await server.WaitForAppendFileAsync();
        await server.KillAsync();
        await server.StartAsync();

        Assert.Equal(expected, (await server.ExecuteAsync("LLEN", "list")).Number);
        Assert.NotEqual(first, server.ProcessId);
        Assert.NotEqual(history, await server.ReplicationIdAsync());
    }

    [Fact]
    public async Task A_kill_ends_the_server_itself()
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync();
        string process = $"/proc/{server.ProcessId}";
        Assert.Equal("redis-server", File.ReadAllText(Path.Combine(process, "comm")).Trim());
        await server.KillAsync();
        Assert.False(Directory.Exists(process));
        Assert.True(Directory.Exists(server.Folder));
    }

    [Fact]
    public async Task A_clean_stop_keeps_a_snapshot()
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync(new RedisOptions { Persistence = RedisPersistence.Snapshot });
        await server.ExecuteAsync("SET", "key", "value");
        await server.StopAsync();
        await server.StartAsync();
        Assert.Equal("value", (await server.ExecuteAsync("GET", "key")).Text);
    }

    [Fact]
    public async Task A_promotion_changes_the_replication_history_and_loses_what_had_not_arrived()
    {
        await using RedisInstance primary = await RedisInstance.StartNewAsync();
        await using RedisInstance replica = await RedisInstance.StartNewAsync();
        await replica.ReplicaOfAsync(primary);
        await primary.ExecuteAsync("SET", "arrived", "1");
        await primary.WaitForReplicaAsync(replica);
        string history = await primary.ReplicationIdAsync();
        Assert.Equal(history, await replica.ReplicationIdAsync());

        await replica.ReplicaOfAsync("127.0.0.1", 1);
        await primary.ExecuteAsync("SET", "lost", "1");
        await primary.KillAsync();
        await replica.PromoteAsync();

        Assert.NotEqual(history, await replica.ReplicationIdAsync());
        Assert.Equal("1", (await replica.ExecuteAsync("GET", "arrived")).Text);
        Assert.Null((await replica.ExecuteAsync("GET", "lost")).Text);
    }

    [Fact]
    public async Task A_paused_server_answers_when_it_goes_on()
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync();
        await server.PauseAsync();
        Task<RespValue> ping = server.ExecuteAsync("PING");
        Assert.False(ping.IsCompleted);
        await server.ResumeAsync();
        Assert.Equal("PONG", (await ping).Text);
    }

    [Fact]
    public async Task A_paused_server_can_be_stopped()
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync();
        await server.PauseAsync();
        await server.KillAsync();
        await server.StartAsync();
        await server.PauseAsync();
    }

    [Fact]
    public async Task A_password_is_asked_of_clients_and_given_to_the_primary()
    {
        var options = new RedisOptions { Password = "secret" };
        await using RedisInstance primary = await RedisInstance.StartNewAsync(options);
        await using RedisInstance replica = await RedisInstance.StartNewAsync(options);
        await replica.ReplicaOfAsync(primary);
        await primary.WaitForReplicaAsync(replica);
        await AssertAnswersAsync(primary.CreateConfiguration());
        await AssertAnswersAsync(ConfigurationOptions.Parse(primary.Configuration));
        await Assert.ThrowsAnyAsync<RedisException>(() => AssertAnswersAsync(ConfigurationOptions.Parse($"127.0.0.1:{primary.Port}")));
    }

    [Fact]
    public async Task Users_may_do_what_their_line_says()
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync(new RedisOptions
        {
            Users = ["user default off", "user app on >secret ~app:* +@all"],
        });
        await AssertAnswersAsync(server.CreateConfiguration());
        await using ConnectionMultiplexer app = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port},user=app,password=secret");
        Assert.True(await app.GetDatabase().StringSetAsync("app:1", "1"));
        RedisServerException refused = await Assert.ThrowsAsync<RedisServerException>(() => app.GetDatabase().StringSetAsync("other", "1"));
        Assert.StartsWith("NOPERM", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_is_spoken_with_clients_that_trust_the_certificate_and_between_servers()
    {
        await using RedisInstance primary = await RedisInstance.StartNewAsync(new RedisOptions { Tls = true });
        await using RedisInstance replica = await RedisInstance.StartNewAsync(new RedisOptions { Tls = true });
        await replica.ReplicaOfAsync(primary);
        await primary.WaitForReplicaAsync(replica);
        await AssertAnswersAsync(primary.CreateConfiguration());
        await Assert.ThrowsAnyAsync<RedisException>(
            () => AssertAnswersAsync(ConfigurationOptions.Parse($"127.0.0.1:{primary.Port},ssl=true,sslHost=localhost")));
        await Assert.ThrowsAnyAsync<RedisException>(() => AssertAnswersAsync(ConfigurationOptions.Parse($"127.0.0.1:{primary.Port}")));
    }

    [Fact]
    public async Task Settings_win_and_wrong_ones_are_told()
    {
        await using RedisInstance server = await RedisInstance.StartNewAsync("maxmemory 5mb", "maxmemory-policy allkeys-lru");
        Assert.Equal("5242880", (await server.ExecuteAsync("CONFIG", "GET", "maxmemory")).Items[1].Text);
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => RedisInstance.StartNewAsync("no-such-setting 1"));
        Assert.Contains("no-such-setting", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_shared_server_answers() =>
        await AssertAnswersAsync(ConfigurationOptions.Parse(await RedisServer.ConfigurationAsync()));

    private static async Task AssertAnswersAsync(ConfigurationOptions configuration)
    {
        configuration.ConnectRetry = 1;
        await using ConnectionMultiplexer redis = await ConnectionMultiplexer.ConnectAsync(configuration);
        string key = $"answers-{Guid.NewGuid():N}";
        Assert.True(await redis.GetDatabase().StringSetAsync(key, "1"));
        Assert.True(await redis.GetDatabase().KeyDeleteAsync(key));
    }
}
