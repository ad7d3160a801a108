using System.Threading.Tasks.Sources;

namespace CodePool.Internal.Taking;

/// <summary>A caller who waits for several codes, and keeps those it has when it leaves.</summary>
internal sealed class ManyCodesRequest(int wanted, long enqueuedAt) : TakeRequest(enqueuedAt), IValueTaskSource<IReadOnlyList<string>>
{
    private readonly Lock _lock = new();
    private List<string>? _codes;
    private bool _done;

    public ValueTask<IReadOnlyList<string>> Codes => new(this, Version);

    public override int Missing
    {
        get
        {
            lock (_lock)
                return _done ? 0 : wanted - Count;
        }
    }

    private int Count => _codes?.Count ?? 0;

    public override int Offer(ReadOnlySpan<string> codes, out bool isLast)
    {
        // Under the lock that ending it takes: what is added here, the caller has.
        lock (_lock)
        {
            isLast = false;
            if (_done || codes.IsEmpty)
                return 0;
            int added = Math.Min(codes.Length, wanted - Count);
            (_codes ??= new List<string>(Math.Min(wanted, 1024))).AddRange(codes[..added]);
            isLast = _done = Count == wanted;
            return added;
        }
    }

    IReadOnlyList<string> IValueTaskSource<IReadOnlyList<string>>.GetResult(short token)
    {
        ThrowIfFailed(token);
        return _codes ?? (IReadOnlyList<string>)[];
    }

    protected override (bool Ended, bool Empty) TryEnd()
    {
        lock (_lock)
        {
            bool ended = !_done;
            _done = true;
            return (ended, Count == 0);
        }
    }
}
