namespace CodePool.TestServers;

/// <summary>Knows which reply belongs to which request of a connection: they come in the order of the requests.</summary>
internal sealed class ReplyTracker
{
    private readonly Lock _lock = new();
    private readonly Queue<(RespRequest Request, FaultAction Action)> _waiting = new();
    private readonly RespReplyScanner _scanner = new();
    private bool _pushed;
    private bool _version3;
    private bool _subscribed;
    private bool _closed;

    /// <summary>A request that is about to be forwarded; false when the connection is over, and it must not be.</summary>
    public bool TryAdd(RespRequest request, FaultAction action)
    {
        lock (_lock)
        {
            if (!_closed)
                _waiting.Enqueue((request, action));
            return !_closed;
        }
    }

    /// <summary>Says how many of these bytes from the server may be passed on, and whether the connection is then to be cut.</summary>
    public int Pass(ReadOnlySpan<byte> data, out bool cut)
    {
        lock (_lock)
        {
            if (_closed)
                throw new OperationCanceledException("The connection was cut meanwhile: its replies are counted as lost.");

            cut = false;
            int passed = 0;
            while (passed < data.Length && !_subscribed)
            {
                if (_scanner.AtStart && Begin(data[passed]) == FaultAction.LoseReply)
                {
                    cut = true;
                    return passed;
                }

                if (_subscribed)
                    break;
                passed += _scanner.Scan(data[passed..], out bool complete);
                if (complete && !_pushed)
                    _waiting.Dequeue();
            }

            // A subscriber of version 2 gets messages that look like replies: nothing can be told apart any more.
            return _subscribed ? data.Length : passed;
        }
    }

    /// <summary>The requests that will never be answered.</summary>
    public IReadOnlyList<RespRequest> Close()
    {
        lock (_lock)
        {
            _closed = true;
            RespRequest[] unanswered = [.. _waiting.Select(waiting => waiting.Request)];
            _waiting.Clear();
            return unanswered;
        }
    }

    private FaultAction Begin(byte kind)
    {
        // In version 3 messages and confirmations of subscriptions are pushed, and answer no request.
        _pushed = kind == '>';
        if (_pushed)
            return FaultAction.Pass;

        while (_waiting.TryPeek(out var subscription) && IsSubscription(subscription.Request) && !_subscribed)
        {
            if (_version3)
                _waiting.Dequeue();
            else
                _subscribed = true;
        }

        if (_subscribed)
            return FaultAction.Pass;
        if (!_waiting.TryPeek(out var first))
            throw new InvalidDataException("The server sent a reply that nobody asked for.");
        if (first.Request.Command == "HELLO" && kind is (byte)'%' or (byte)'*')
            _version3 = kind == '%';
        return first.Action;
    }

    private static bool IsSubscription(RespRequest request) => request.Command.EndsWith("SUBSCRIBE", StringComparison.Ordinal);
}
