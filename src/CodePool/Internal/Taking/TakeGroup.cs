namespace CodePool.Internal.Taking;

/// <summary>The callers whom one turn serves together, first come, first served.</summary>
internal sealed class TakeGroup
{
    private readonly List<TakeRequest> _requests = [];
    private readonly List<TakeRequest> _served = [];
    private int _next;

    /// <summary>How many callers there were.</summary>
    public int Count => _requests.Count;

    /// <summary>How many of them the queue counts as being served.</summary>
    public int UnderWay { get; set; }

    /// <summary>How many still waited, when last counted.</summary>
    public int Waiting { get; private set; }

    /// <summary>When the first of those who still waited, when last counted, began to.</summary>
    public long EnqueuedAt => _requests[_next].EnqueuedAt;

    public bool IsOnly(TakeRequest? request) => _requests.Count == 1 && _requests[0] == request;

    public void Add(TakeRequest request) => _requests.Add(request);

    /// <summary>How many codes they still wait for.</summary>
    public int Missing()
    {
        // Who has left sets the others no limit.
        while (_next < _requests.Count && _requests[_next].Missing == 0)
            _next++;
        long missing = 0;
        Waiting = 0;
        for (int i = _next; i < _requests.Count; i++)
        {
            int wanted = _requests[i].Missing;
            missing += wanted;
            Waiting += wanted > 0 ? 1 : 0;
        }

        return (int)Math.Min(missing, int.MaxValue);
    }

    /// <summary>Gives out codes in the order of coming.</summary>
    /// <returns>How many were given; for the others there was no taker any more.</returns>
    public int Deliver(ReadOnlySpan<string> codes, int era)
    {
        int given = 0;
        for (; _next < _requests.Count; _next++)
        {
            given += _requests[_next].Offer(codes[given..], era, out bool isLast);
            if (isLast)
                _served.Add(_requests[_next]);
            else if (given == codes.Length)
                break;
        }

        return given;
    }

    /// <summary>Everybody who has what they want goes on.</summary>
    public void Resume()
    {
        if (_served.Count == 1)
            _served[0].Resume();
        else if (_served.Count > 1)
            new Resumption([.. _served]).Queue();
        _served.Clear();
    }

    /// <summary>The only one who was served and does not know it yet. Whoever takes it resumes it.</summary>
    public TakeRequest? TakeOnly()
    {
        TakeRequest? only = _served.Count == 1 ? _served[0] : null;
        if (only is not null)
            _served.Clear();
        return only;
    }

    public void Finish() => _requests.ForEach(request => request.Finish());

    public void Fail(Exception failure) => _requests.ForEach(request => request.Fail(failure));
}
