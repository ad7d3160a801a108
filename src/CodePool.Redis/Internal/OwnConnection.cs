using StackExchange.Redis;

namespace CodePool.Redis.Internal;

/// <summary>A connection of the pool's own.</summary>
internal static class OwnConnection
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(1);

    /// <exception cref="ArgumentException">The configuration string cannot be read.</exception>
    public static ConfigurationOptions Configure(string configuration)
    {
        var options = ConfigurationOptions.Parse(configuration);
        options.AbortOnConnectFail = false;

        // A pop that waits in the client while Redis is away could still be sent after its caller was told that it failed.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ReconnectRetryPolicy = new LinearRetry((int)Retry.TotalMilliseconds);
        options.HeartbeatInterval = Retry;
        if (!configuration.Contains("timeout", StringComparison.OrdinalIgnoreCase))
        {
            options.ConnectTimeout = options.SyncTimeout = options.AsyncTimeout = (int)DefaultTimeout.TotalMilliseconds;
        }

        options.ClientName ??= "CodePool";
        return options;
    }

    public static async Task<IConnectionMultiplexer> ConnectAsync(ConfigurationOptions options) =>
        await ConnectionMultiplexer.ConnectAsync(options.Clone()).ConfigureAwait(false);
}
