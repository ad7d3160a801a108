using System.Threading.Tasks.Sources;

namespace CodePool.Internal.Taking;

/// <summary>A caller who waits for one code.</summary>
internal sealed class OneCodeRequest(long enqueuedAt) : TakeRequest(enqueuedAt), IValueTaskSource<string?>
{
    private string? _code;
    private int _decided;

    /// <summary>The code; null when there was none.</summary>
    public ValueTask<string?> Code => new(this, Version);

    public override int Missing => Volatile.Read(ref _decided) == 0 ? 1 : 0;

    public override int Offer(ReadOnlySpan<string> codes, int era, out bool isLast)
    {
        isLast = !codes.IsEmpty && TryDecide();
        if (!isLast)
            return 0;
        _code = codes[0];
        return 1;
    }

    string? IValueTaskSource<string?>.GetResult(short token)
    {
        ThrowIfFailed(token);
        return _code;
    }

    protected override bool TryEnd(ref Exception? failure) => TryDecide();

    /// <summary>One exchange, which one wins: a code is the caller's, or is still to be given to another, never both.</summary>
    private bool TryDecide() => Interlocked.Exchange(ref _decided, 1) == 0;
}
