using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using StackExchange.Redis;

namespace CodePool.TestServers;

/// <summary>A server of a test's own, from local binaries, in a temporary folder, on a free loopback port: its life and death.</summary>
public sealed partial class RedisInstance : IAsyncDisposable
{
    // Longer than any pause a test makes; a server that hangs must not hang the tests.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly RedisOptions _options;
    private readonly string _configFile;
    private readonly string? _ownPassword;
    private readonly X509Certificate2? _certificate;
    private ServerProcess? _process;

    private RedisInstance(RedisOptions options)
    {
        _options = options;
        _ownPassword = options.Users.Count > 0 ? RandomNumberGenerator.GetHexString(32) : options.Password;
        Folder = Directory.CreateTempSubdirectory("codepool-redis-").FullName;
        _configFile = RedisConfigFile.Write(Folder, Port, options, _ownPassword);
        _certificate = options.Tls ? X509CertificateLoader.LoadCertificateFromFile(RedisCertificate.PathIn(Folder)) : null;
    }

    /// <summary>Kept over a restart.</summary>
    public int Port { get; } = LoopbackPort.Free();

    /// <summary>Where its configuration and its data are.</summary>
    public string Folder { get; }

    /// <summary>Its process; only while it runs.</summary>
    public int ProcessId => Process.Id;

    /// <summary>For StackExchange.Redis, with the password; with TLS use <see cref="CreateConfiguration"/>, which trusts its certificate.</summary>
    public string Configuration => CreateConfiguration().ToString(includePassword: true);

    private ServerProcess Process => _process ?? throw new InvalidOperationException("The server does not run.");

    /// <summary>Starts a new server; <paramref name="settings"/> are lines of redis.conf.</summary>
    public static Task<RedisInstance> StartNewAsync(params string[] settings) => StartNewAsync(new RedisOptions { Settings = settings });

    /// <summary>Starts a new server.</summary>
    public static async Task<RedisInstance> StartNewAsync(RedisOptions options)
    {
        var instance = new RedisInstance(options);
        try
        {
            await instance.StartAsync();
            return instance;
        }
        catch
        {
            await instance.DisposeAsync();
            throw;
        }
    }

    /// <summary>Everything a client needs to know: address, password, certificate.</summary>
    public ConfigurationOptions CreateConfiguration()
    {
        var configuration = new ConfigurationOptions { EndPoints = { { "127.0.0.1", Port } }, Password = _ownPassword };
        if (_options.Users.Count > 0)
            configuration.User = RedisConfigFile.OwnUser;
        if (_certificate is not null)
        {
            configuration.Ssl = true;
            configuration.SslHost = "localhost";
            configuration.TrustIssuer(_certificate);
        }

        return configuration;
    }

    /// <summary>Starts it, again on the same port with the same data; returns when it answers and has loaded them.</summary>
    public async Task StartAsync()
    {
        string[] mode = _options.Sentinel ? ["--sentinel"] : [];
        _process = await ServerProcess.StartAsync(null, "KILL", Folder, [RedisBinaries.Require(), _configFile, .. mode]);
        await Poll.UntilAsync(IsReadyAsync, "a Redis server to start");
    }

    /// <summary>SIGKILL. Folder and port are kept: it can be started again.</summary>
    public async Task KillAsync()
    {
        await Process.StopAsync(keepFolder: true);
        _process!.Dispose();
        _process = null;
    }

    /// <summary>SIGTERM: a clean stop, after which it can be started again.</summary>
    public async Task StopAsync()
    {
        await Process.SignalAsync("TERM");
        await Process.Ended.WaitAsync(Limit);
        await KillAsync();
    }

    /// <summary>SIGSTOP: connections stay open and are not answered. Returns when it has stopped.</summary>
    public async Task PauseAsync()
    {
        await Process.SignalAsync("STOP");
        string status = $"/proc/{ProcessId}/stat";
        if (OperatingSystem.IsLinux())
            await Poll.UntilAsync(async () => (await File.ReadAllTextAsync(status)).Split(") ")[^1].StartsWith('T'), "a server to pause");
    }

    /// <summary>SIGCONT: it answers what has come meanwhile.</summary>
    public Task ResumeAsync() => Process.SignalAsync("CONT");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await KillAsync();
        _certificate?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>By its process id, so that nobody else who listens there is taken for it.</summary>
    private async Task<bool> IsReadyAsync()
    {
        try
        {
            IReadOnlyDictionary<string, string> info = await InfoAsync();
            return info["process_id"] == $"{ProcessId}" && info.GetValueOrDefault("loading", "0") == "0";
        }
        catch (Exception error) when (error is SocketException or IOException or TimeoutException)
        {
            Process.ThrowIfEnded();
            return false;
        }
    }
}
