namespace CodePool.Postgres.Internal;

/// <summary>
/// After a second connection was refused, batches go over one for a while. Asking is not free: the driver drops every connection of its
/// pool when one cannot be opened, and while those end in the server, whoever needs one anew may be refused as well.
/// </summary>
internal sealed class SecondHalfPause(TimeProvider time)
{
    internal static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private CodePoolException? _reason;
    private TimeSpan _length;
    private long _began;

    /// <summary>How long the first pause is; each one after it is twice as long. Only a test sets it.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether a connection that is refused after the second one was is asked for again, soon. Only a test says no.</summary>
    public bool AsksAgain { get; init; } = true;

    /// <summary>What the second connection was refused by; null once a second half is stored again.</summary>
    public CodePoolException? Reason
    {
        get
        {
            lock (_lock)
                return _reason;
        }
    }

    /// <summary>Whether no second connection is to be asked for.</summary>
    public bool IsOn
    {
        get
        {
            lock (_lock)
                return _reason is not null && time.GetElapsedTime(_began) < _length;
        }
    }

    /// <summary>A second connection was refused. One that was asked for before a pause began does not make it longer.</summary>
    public void Begin(CodePoolException reason)
    {
        lock (_lock)
        {
            if (IsOn)
                return;
            TimeSpan twice = 2 * _length;
            _length = _reason is null ? First : twice < Longest ? twice : Longest;
            (_reason, _began) = (reason, time.GetTimestamp());
        }
    }

    /// <summary>A second half is stored.</summary>
    public void End()
    {
        lock (_lock)
            _reason = null;
    }
}
