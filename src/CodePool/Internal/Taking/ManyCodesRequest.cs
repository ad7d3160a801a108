using System.Threading.Tasks.Sources;

namespace CodePool.Internal.Taking;

/// <summary>A caller who waits for several codes, and keeps those it has when it leaves, if they may still be handed out then.</summary>
/// <param name="wanted">How many.</param>
/// <param name="enqueuedAt">When it began to wait: a <see cref="TimeProvider"/> timestamp.</param>
/// <param name="undelivered">Says what may be handed out, and gets back what may not be yet.</param>
/// <param name="onForgotten">Told how many it had that are nobody's any more.</param>
internal sealed class ManyCodesRequest(int wanted, long enqueuedAt, UndeliveredCodes undelivered, Action<int>? onForgotten)
    : TakeRequest(enqueuedAt), IValueTaskSource<IReadOnlyList<string>>
{
    private readonly Lock _lock = new();
    private List<string>? _codes;
    private int _era;
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

    public override int Offer(ReadOnlySpan<string> codes, int era, out bool isLast)
    {
        // Under the lock that ending it takes: what is added here, the caller has.
        lock (_lock)
        {
            isLast = false;
            if (_done || codes.IsEmpty)
                return 0;

            // What it has may be older than a recovery, which these codes are not.
            if (Count > 0 && _era != era)
                GiveBack();
            _era = era;
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

    protected override bool TryEnd(ref Exception? failure)
    {
        lock (_lock)
        {
            if (_done)
                return false;
            _done = true;

            // It may have waited for the others since it got the first: this is the last look at those (TakeQueue.Serving.cs).
            if (Count > 0 && undelivered.MayHandOut(_era))
                failure = null;
            else if (Count > 0)
                failure = GiveBack() ? failure ?? undelivered.Overdue() : failure;
            return true;
        }
    }

    /// <returns>Whether they are held for others; false when they are nobody's any more.</returns>
    private bool GiveBack()
    {
        List<string> codes = _codes!;
        _codes = null;
        if (undelivered.TryAdd(codes, _era))
            return true;
        onForgotten?.Invoke(codes.Count);
        return false;
    }
}
