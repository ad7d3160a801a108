using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace CodePool.TestServers;

/// <summary>
/// Stands between clients and one Redis server, without TLS, and does to their connections what a bad network does: loses
/// replies, refuses, freezes, cuts. A connection that has lost a reply is over: replies never shift.
/// </summary>
public sealed partial class FaultProxy : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<FaultConnection, Task> _connections = [];
    private readonly ConcurrentQueue<RespRequest> _lost = new();
    private readonly int _serverPort;
    private volatile Func<RespRequest, FaultAction> _rule = FaultRules.Pass;
    private volatile TaskCompletionSource? _frozen;
    private Socket? _listener;
    private Exception? _failure;
    private int _cuts;

    private FaultProxy(int serverPort) => _serverPort = serverPort;

    /// <summary>Where clients find it, on 127.0.0.1.</summary>
    public int Port { get; } = LoopbackPort.Free();

    /// <summary>Asked once for each request, before it is forwarded; by many connections at once.</summary>
    public Func<RespRequest, FaultAction> Rule
    {
        get => _rule;
        set => _rule = value;
    }

    /// <summary>How many connections the rule has cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>
    /// Every request that may have been executed and whose reply this proxy has lost: those that the rule chose, and those
    /// that followed them on the same connection.
    /// </summary>
    public IReadOnlyCollection<RespRequest> Lost => _lost;

    /// <summary>Starts one before the server on this port.</summary>
    public static FaultProxy Start(int serverPort)
    {
        var proxy = new FaultProxy(serverPort);
        proxy.Pass();
        return proxy;
    }

    /// <summary>Accepts and forwards again; what was frozen moves on.</summary>
    public void Pass()
    {
        lock (_lock)
        {
            _frozen?.SetResult();
            _frozen = null;
            if (_listener is not null)
                return;

            _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
            _listener.Listen();
            _ = AcceptAsync(_listener);
        }
    }

    /// <summary>Accepts connections and keeps those there are, but forwards nothing, either way.</summary>
    public void Freeze()
    {
        lock (_lock)
            _frozen ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Cuts all connections and lets nobody connect.</summary>
    public void Refuse()
    {
        lock (_lock)
        {
            _listener?.Dispose();
            _listener = null;
        }

        CutAll();
    }

    /// <summary>Cuts all connections; clients may connect again.</summary>
    public void CutAll()
    {
        lock (_lock)
        {
            foreach (FaultConnection connection in _connections.Keys)
                connection.Cut();
        }
    }

    /// <summary>Ends it. Throws if it could not follow the traffic: then its counts mean nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        Refuse();
        Task[] running;
        lock (_lock)
            running = [.. _connections.Values];
        await Task.WhenAll(running);
        if (_failure is not null)
            throw new InvalidOperationException("The proxy could not follow the traffic.", _failure);
    }

    internal FaultAction Decide(RespRequest request) => _rule(request);

    internal Task FlowsAsync(CancellationToken cancellationToken) => _frozen?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;

    internal void CountCut() => Interlocked.Increment(ref _cuts);

    internal void Lose(IReadOnlyList<RespRequest> requests)
    {
        foreach (RespRequest request in requests)
            _lost.Enqueue(request);
    }
}
