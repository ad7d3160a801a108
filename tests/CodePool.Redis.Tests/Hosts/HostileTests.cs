using CodePool.Redis.Tests.Support;
using CodePool.TestServers;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CodePool.Redis.Tests.Hosts;

/// <summary>A Redis that holds whatever somebody wrote into it: a Confirmed pool hands out its own codes, each once.</summary>
public sealed class HostileTests : IAsyncLifetime
{
    private readonly string _schema = $"t_{Guid.NewGuid():N}";
    private RedisInstance _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RedisInstance.StartNewAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Over_the_memory_store()
    {
        var world = new World();
        await using RedisHost host = world.CreateHost(_server.Configuration, Configure);
        await AttackAsync(host);
        await world.AssertExactAsync();
    }

    [Fact]
    public async Task Over_postgresql()
    {
        string connection = await PostgresServer.ConnectionStringAsync();
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(connection);
        await using (NpgsqlCommand create = source.CreateCommand($"CREATE SCHEMA {_schema}"))
            await create.ExecuteNonQueryAsync(Token);
        try
        {
            await using var host = new RedisHost(
                new World(),
                builder => builder.UsePostgres(_ => source, o => o.Schema = _schema).UseRedis(_server.Configuration),
                Configure);
            await AttackAsync(host);
            CodePoolAudit audit = await host.Operations.AuditAsync(Token);
            Assert.True(audit.IsExact, $"{audit}: {string.Join("; ", audit.Findings)}");
        }
        finally
        {
            await using NpgsqlCommand drop = source.CreateCommand($"DROP SCHEMA {_schema} CASCADE");
            await drop.ExecuteNonQueryAsync(Token);
        }
    }

    /// <summary>It looks like a mark that the database has forgotten. That costs what is out; it hands nothing out twice, and passes.</summary>
    [Fact]
    public async Task A_strangers_entry_in_a_journal_costs_a_recovery()
    {
        var world = new World();
        await using RedisHost host = await world.StartAsync(_server.Configuration);
        await host.FilledAsync();
        HashSet<string> codes = [.. await host.TakeUpToAsync(20)];
        string journal = Assert.Single((await _server.ExecuteAsync("KEYS", "codepool:*:meta")).Items).Text!
            .Replace(":meta", $":journal:{host.Epoch!.Token:N}", StringComparison.Ordinal);
        await _server.ExecuteAsync("RPUSH", journal, "1 999999 5 STRANGERS123");

        await host.EventuallyAsync(
            () =>
            {
                host.Runtime.CacheMonitor.Wake();
                return host.Logged(40) == 1 && host.Logged(41) == 1;
            },
            "the recovery");
        await host.FilledAsync();
        for (int take = 0; take < 200; take++)
            Assert.True(codes.Add(await host.TakeAsync()));
        await host.StopAsync();
        CodePoolAudit audit = await world.AssertExactAsync();
        Assert.Equal((221, 1), ((int)audit.Used, host.Logged(40)));
        Assert.DoesNotContain("STRANGERS123", codes);
    }

    [Theory]
    [InlineData("f:x", "1")]
    [InlineData("l:x", "1")]
    [InlineData("l:1", "x")]
    [InlineData("epoch", "x")]
    [InlineData("pushed", "x")]
    [InlineData("trimmed", "")]
    [InlineData("runs", "x")]
    [InlineData("packed", "x")]
    [InlineData("folded", "-1")]
    [InlineData("mark", "x")]
    [InlineData("mark", "99999999999")]
    [InlineData("mark", "nan")]
    [InlineData("mode", "x")]
    [InlineData("highest", "x")]
    [InlineData("highest", "1e300")]
    public async Task What_is_no_number_in_the_pools_record_stops_neither_takes_nor_a_start(string field, string value)
    {
        string patient = RedisFixture.Patiently(_server.Configuration);
        var world = new World();
        await using RedisHost host = await world.StartAsync(patient);
        await host.FilledAsync();
        HashSet<string> codes = [.. await host.TakeUpToAsync(20)];
        string meta = Assert.Single((await _server.ExecuteAsync("KEYS", "codepool:*:meta")).Items).Text!;
        await _server.ExecuteAsync("HSET", meta, field, value);

        // A claim on the journal that nobody can read, or that does not end.
        await _server.ExecuteAsync("HSET", meta, "drainer", "nobody", "drains_until", field[0] == 'l' ? "x" : "99999999999999");
        for (int take = 0; take < 300; take++)
            Assert.True(codes.Add(await host.TakeAsync()));
        await using RedisHost next = await world.StartAsync(patient);
        await next.FilledAsync();
        await host.FilledAsync();
        for (int take = 0; take < 100; take++)
            Assert.True(codes.Add(await next.TakeAsync()));
        await host.StopAsync();
        await next.StopAsync();
        CodePoolAudit audit = await world.AssertExactAsync();

        // Not leased again and again into a cache that calls every push a repetition.
        Assert.InRange(audit.Leased + audit.Unconfirmed, 0, 1_500);
        Assert.InRange(audit.Used, codes.Count - 150, codes.Count);
    }

    /// <summary>Enough in Redis for the whole attack.</summary>
    private static void Configure(CodePoolOptions options)
    {
        options.Consistency = CodeConsistency.Confirmed;
        options.CacheMinThreshold = 400;
        options.CacheRefillBatch = 400;
    }

    private async Task AttackAsync(RedisHost host)
    {
        await host.StartAsync();
        await host.FilledAsync();
        string list = Assert.Single((await _server.ExecuteAsync("KEYS", "codepool:*:list:*")).Items).Text!;
        string[] entries = [.. (await _server.ExecuteAsync("LRANGE", list, "0", "-1")).Items.Select(item => item.Text!)];
        List<string> codes = [.. await host.TakeUpToAsync(5)];
        string[] run = entries[8].Split(' ');
        string[] hostile =
        [
            entries[0],                                       // Used, and what lies loose
            entries[2], entries[2], entries[3],               // twice in the list
            $"1 1 {long.MaxValue} {codes[0]}", "1 999999 5 FOREIGNCODE1", "1 1 1 FOREIGNCODE2", "1 1 1 zero\0byte", $"1 1 1 {new string('x', 100_000)}",
            $"{run[0]} {run[1]} {entries[9].Split(' ')[2]} {run[3]}", // another's numbers
            $"{run[0]} {run[1]} {run[2]} x{run[3][1..]}x{run[3][1..]}", entries[10].ToLowerInvariant(), "1 1 1 ü\u2603", "12 1 1 FOREIGNCODE3",
            "x",                                              // no run: what comes after it is not looked at
        ];
        for (int i = 0; i < hostile.Length; i++)
            await _server.ExecuteAsync("LSET", list, $"{i}", hostile[i]);

        // Whatever they are: each take brings a code, and each code once.
        for (int take = 0; take < 200; take++)
            codes.Add(await host.TakeAsync());
        codes.AddRange(await host.TakeUpToAsync(100));

        Assert.Equal(codes.Count, codes.Distinct().Count());
        foreach (string code in codes)
            Assert.Equal(CodeState.Used, (await host.Pool.FindAsync(code, Token))?.State);
        Assert.DoesNotContain(codes, code => code.Contains("FOREIGN", StringComparison.Ordinal));
        await host.StopAsync();
    }
}
