using CodePool.TestServers;

namespace CodePool.Redis.Tests.Support;

/// <summary>One server for a class; its tests have pools of their own on it.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    public RedisInstance Server { get; private set; } = null!;

    /// <summary>For tests that count what was refused, replaced or lost: no call is given up because the machine is busy.</summary>
    public string Patient => Patiently(Server.Configuration);

    public static string Patiently(string configuration) => $"{configuration},asyncTimeout=60000,connectTimeout=60000";

    public async ValueTask InitializeAsync() => Server = await RedisInstance.StartNewAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
