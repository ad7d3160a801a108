using System.Diagnostics;
using System.Diagnostics.Metrics;
using CodePool.Providers;

namespace CodePool.Internal.Telemetry;

/// <summary>Metrics and traces of one pool, tagged with its name and nothing that could hold a code.</summary>
internal sealed class PoolTelemetry : IDisposable
{
    public const string SourceName = "CodePool";

    private static readonly ActivitySource Activities = new(SourceName);

    private readonly Meter _meter;
    private readonly TimeProvider _time;
    private readonly KeyValuePair<string, object?> _pool;
    private readonly Counter<long> _generated;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _stored;
    private readonly Counter<long> _leased;
    private readonly Counter<long> _marked;
    private readonly Counter<long> _returned;
    private readonly Counter<long> _unconfirmed;
    private readonly Counter<long> _undelivered;
    private readonly Histogram<double> _waits;
    private readonly Histogram<double> _steps;

    public PoolTelemetry(string pool, IMeterFactory? meters, TimeProvider time)
    {
        _pool = new("codepool.pool", pool);
        _time = time;
        _meter = meters?.Create(new MeterOptions(SourceName)) ?? new Meter(SourceName);
        _generated = _meter.CreateCounter<long>("codepool.codes.generated", "{code}", "Codes drawn by the generator.");
        _refused = _meter.CreateCounter<long>("codepool.codes.refused", "{code}", "Codes the unique constraint refused; they are drawn again.");
        _stored = _meter.CreateCounter<long>("codepool.codes.stored", "{code}", "Codes stored.");
        _leased = _meter.CreateCounter<long>("codepool.codes.leased", "{code}", "Codes leased by this process.");
        _marked = _meter.CreateCounter<long>("codepool.codes.marked", "{code}", "Codes marked Used by this process.");
        _returned = _meter.CreateCounter<long>("codepool.codes.returned", "{code}", "Leased codes given back to Available, by reason.");
        _unconfirmed = _meter.CreateCounter<long>("codepool.codes.unconfirmed", "{code}", "Codes this process settled as Unconfirmed, by reason.");
        _undelivered = _meter.CreateCounter<long>("codepool.codes.undelivered", "{code}", "Codes that may have left the cache without reaching a caller, by reason; an upper bound.");
        _waits = _meter.CreateHistogram<double>("codepool.take.wait.duration", "s", "Takes that found the memory cache empty or wait for the store.");
        _steps = _meter.CreateHistogram<double>("codepool.step.duration", "s", "Steps against the store: fill, lease, mark, confirm.");
    }

    /// <summary>Registers what is read when somebody collects, so that it costs a take nothing.</summary>
    public void Observe(Func<long> taken, Func<IEnumerable<(string State, long Codes)>> levels)
    {
        _meter.CreateObservableCounter(
            "codepool.codes.taken", () => new Measurement<long>(taken(), _pool), "{code}", "Codes taken from this process.");
        _meter.CreateObservableGauge(
            "codepool.codes", () => levels().Select(level => Tagged(level.Codes, "codepool.state", level.State)), "{code}", "Codes by state, when last seen.");
    }

    public void Filled(FillResult batch)
    {
        _generated.Add(batch.Drawn, _pool);
        _refused.Add(batch.Refused, _pool);
        _stored.Add(batch.Stored, _pool);
    }

    public void Leased(int codes) => _leased.Add(codes, _pool);

    public void Marked(int codes) => _marked.Add(codes, _pool);

    public void Undelivered(int codes, string reason)
    {
        if (codes > 0)
            _undelivered.Add(codes, _pool, new("codepool.reason", reason));
    }

    public void Settled(SettleResult settled, string reason)
    {
        if (settled.Returned > 0)
            _returned.Add(settled.Returned, _pool, new("codepool.reason", reason));
        if (settled.Unconfirmed > 0)
            _unconfirmed.Add(settled.Unconfirmed, _pool, new("codepool.reason", reason));
    }

    /// <summary>Whether anybody listens to how long takes wait.</summary>
    public bool TimesWaits => _waits.Enabled;

    /// <summary>Times a take that has to wait.</summary>
    public Wait BeginWait() => new(this, _waits.Enabled ? _time.GetTimestamp() : 0);

    /// <summary>Times and traces a step against the store.</summary>
    public Step Begin(string step)
    {
        Activity? activity = Activities.StartActivity($"codepool {step}");
        activity?.SetTag(_pool.Key, _pool.Value);
        return new Step(this, step, activity, _time.GetTimestamp());
    }

    public void Dispose() => _meter.Dispose();

    private Measurement<long> Tagged(long value, string key, string tag) => new(value, _pool, new(key, tag));

    internal readonly struct Wait(PoolTelemetry telemetry, long start) : IDisposable
    {
        public void Dispose()
        {
            if (start != 0)
                telemetry._waits.Record(telemetry._time.GetElapsedTime(start).TotalSeconds, telemetry._pool);
        }
    }

    internal sealed class Step(PoolTelemetry telemetry, string step, Activity? activity, long start) : IDisposable
    {
        public void Dispose()
        {
            telemetry._steps.Record(telemetry._time.GetElapsedTime(start).TotalSeconds, telemetry._pool, new("codepool.step", step));
            activity?.Dispose();
        }
    }
}
