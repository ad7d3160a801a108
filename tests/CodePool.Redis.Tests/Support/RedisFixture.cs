using CodePool.TestServers;

namespace CodePool.Redis.Tests.Support;

/// <summary>One server for a class; its tests have pools of their own on it.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    public RedisInstance Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await RedisInstance.StartNewAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
