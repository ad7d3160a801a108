using System.Diagnostics.Metrics;

namespace CodePool.Faults.Workers;

/// <summary>Adds up what the library counts as taken and perhaps not delivered.</summary>
internal sealed class UndeliveredCount : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _codes;

    public UndeliveredCount()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "codepool.codes.undelivered")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, codes, _, _) => Interlocked.Add(ref _codes, codes));
        _listener.Start();
    }

    public long Codes => Interlocked.Read(ref _codes);

    public void Dispose() => _listener.Dispose();
}
