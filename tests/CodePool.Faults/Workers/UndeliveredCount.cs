using System.Diagnostics.Metrics;

namespace CodePool.Faults.Workers;

/// <summary>Adds up what the library counts as taken and perhaps not delivered.</summary>
internal sealed class UndeliveredCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _codes;
    private long _left;

    public UndeliveredCount()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "codepool.codes.undelivered")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, codes, tags, _) => Add(codes, tags));
        _listener.Start();
    }

    public long Codes => Interlocked.Read(ref _codes);

    /// <summary>Those of them that lay in the process when it stopped.</summary>
    public long Left => Interlocked.Read(ref _left);

    public void Dispose() => _listener.Dispose();

    private void Add(long codes, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Interlocked.Add(ref _codes, codes);
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            if (tag is { Key: "codepool.reason", Value: "stopped" })
                Interlocked.Add(ref _left, codes);
        }
    }
}
