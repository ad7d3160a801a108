using System.Diagnostics;
using System.Diagnostics.Metrics;
using CodePool.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace CodePool.Tests.Telemetry;

/// <summary>Names are contracts, numbers are what happened, and no code is in any of it.</summary>
public sealed class TelemetryTests
{
    private static readonly string[] Counters =
        ["generated", "refused", "stored", "leased", "marked", "returned", "unconfirmed", "taken"];

    private readonly World _world = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Counters_count_what_happened()
    {
        await using TestHost host = _world.CreateHost();
        IMeterFactory meters = host.Services.GetRequiredService<IMeterFactory>();
        Dictionary<string, MetricCollector<long>> counters = Counters
            .ToDictionary(name => name, name => new MetricCollector<long>(meters, "CodePool", $"codepool.codes.{name}"));
        using var steps = new MetricCollector<double>(meters, "CodePool", "codepool.step.duration");

        await host.StartAsync();
        await host.FilledAsync();
        await host.TakeUpToAsync(30);
        await host.StopAsync();
        counters["taken"].RecordObservableInstruments();

        CodePoolAudit audit = await _world.AssertExactAsync();
        Assert.Equal(audit.Generated, Sum("generated"));
        Assert.Equal(audit.Generated, Sum("stored"));
        Assert.Equal(0, Sum("refused"));
        Assert.Equal(30, Sum("marked"));
        Assert.Equal(30, counters["taken"].LastMeasurement!.Value);
        Assert.Equal(Sum("leased"), Sum("marked") + Sum("returned"));
        Assert.Equal(0, Sum("unconfirmed"));
        Assert.Equal("stopped", counters["returned"].LastMeasurement!.Tags["codepool.reason"]);
        Assert.All(counters.Values.SelectMany(c => c.GetMeasurementSnapshot()), m => Assert.Equal("default", m.Tags["codepool.pool"]));
        Assert.Superset(
            new HashSet<object?> { "fill", "lease", "mark" },
            steps.GetMeasurementSnapshot().Select(m => m.Tags["codepool.step"]).ToHashSet());

        long Sum(string name) => counters[name].GetMeasurementSnapshot().Sum(m => m.Value);
    }

    [Fact]
    public async Task A_claim_that_never_gets_its_answer_is_counted()
    {
        await using TestHost host = _world.CreateHost(o => o.Consistency = CodeConsistency.Confirmed);
        using MetricCollector<long> undelivered = CollectUndelivered(host);
        await host.StartAsync();
        await host.FilledAsync();

        host.Faults.Fail(Fault.ReplyLost, "Confirm");
        await Assert.ThrowsAsync<CodePoolStoreUnavailableException>(() => host.TakeUpToAsync(3));

        CollectedMeasurement<long> counted = Assert.Single(undelivered.GetMeasurementSnapshot());
        Assert.Equal((3, "claim-lost"), (counted.Value, counted.Tags["codepool.reason"]));
        Assert.Equal(3, (await _world.LevelsAsync()).Used);
    }

    /// <summary>Whether or not its first attempt is known to have failed: a store may have used a part of a group before it refuses the rest.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_claim_that_is_refused_because_the_store_went_back_is_counted(bool replyLost)
    {
        await using TestHost host = _world.CreateHost(o => o.Consistency = CodeConsistency.Confirmed);
        using MetricCollector<long> undelivered = CollectUndelivered(host);
        await host.StartAsync();
        await host.FilledAsync();
        if (replyLost)
            host.Faults.FailNext(Fault.ReplyLost, "Confirm");
        host.Faults.Before = step =>
        {
            if (step == "Confirm" && host.Faults.CallsOf("Confirm") == (replyLost ? 2 : 1))
            {
                lock (_world.Database.Gate)
                    _world.Database.Identity = "another";
            }

            return Task.CompletedTask;
        };

        await host.TakeUpToAsync(3);

        Assert.Contains(
            undelivered.GetMeasurementSnapshot(), counted => (counted.Value, counted.Tags["codepool.reason"]) is (3, "claim-lost"));
    }

    [Fact]
    public async Task A_code_whose_caller_has_gone_is_counted_when_the_host_stops()
    {
        await using TestHost host = _world.CreateHost(o => o.Consistency = CodeConsistency.Confirmed);
        using MetricCollector<long> undelivered = CollectUndelivered(host);
        await host.StartAsync();
        await host.FilledAsync();
        var claiming = new TaskCompletionSource();
        var gone = new TaskCompletionSource();
        host.Faults.Before = step =>
        {
            if (step != "Confirm")
                return Task.CompletedTask;
            claiming.TrySetResult();
            return gone.Task;
        };

        using var cancel = new CancellationTokenSource();
        Task<string> take = host.Pool.TakeAsync(cancel.Token).AsTask();
        await Eventually.CompletesAsync(claiming.Task);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => take);
        gone.SetResult();
        await host.StopAsync();

        CollectedMeasurement<long> counted = Assert.Single(undelivered.GetMeasurementSnapshot());
        Assert.Equal((1, "stopped"), (counted.Value, counted.Tags["codepool.reason"]));
    }

    [Fact]
    public async Task Levels_are_a_gauge_by_state_and_waits_a_histogram()
    {
        await using TestHost host = _world.CreateHost(o => o.Consistency = CodeConsistency.Confirmed);
        IMeterFactory meters = host.Services.GetRequiredService<IMeterFactory>();
        using var levels = new MetricCollector<long>(meters, "CodePool", "codepool.codes");
        using var waits = new MetricCollector<double>(meters, "CodePool", "codepool.take.wait.duration");
        await host.StartAsync();
        await host.FilledAsync();
        await host.TakeAsync();

        levels.RecordObservableInstruments();

        Assert.Superset(
            new HashSet<object?> { "cached", "available", "leased", "used", "unconfirmed", "void" },
            levels.GetMeasurementSnapshot().Select(m => m.Tags["codepool.state"]).ToHashSet());
        Assert.Equal("default", Assert.Single(waits.GetMeasurementSnapshot()).Tags["codepool.pool"]);
    }

    [Fact]
    public async Task Health_says_what_a_take_would_meet()
    {
        await using TestHost host = _world.CreateHost();
        HealthCheckService health = host.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync()).Status);

        await host.StartAsync();
        await host.FilledAsync();
        await Eventually.HoldsAsync(async () => (await CheckAsync()).Status == HealthStatus.Healthy, _world.Time);

        host.Faults.Fail(Fault.Faulted);
        await Eventually.HoldsAsync(async () => (await CheckAsync()).Status == HealthStatus.Degraded, _world.Time);
        Assert.Contains("is failing", (await CheckAsync()).Description, StringComparison.Ordinal);

        while (host.Runtime.Cache.TryTake(out _))
        {
        }

        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync()).Status);
        host.Faults.Heal();
        await Eventually.HoldsAsync(async () => (await CheckAsync()).Status == HealthStatus.Healthy, _world.Time);
        await host.StopAsync();
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync()).Status);

        async Task<HealthReportEntry> CheckAsync() =>
            (await health.CheckHealthAsync(Token)).Entries["codepool-default"];
    }

    [Fact]
    public async Task Codes_confirmed_ahead_can_be_taken_while_the_store_is_down()
    {
        await using TestHost host = await _world.StartAsync(o => (o.Consistency, o.ConfirmAhead) = (CodeConsistency.Confirmed, 3));
        await host.FilledAsync();
        await host.TakeAsync();
        host.Faults.Fail(Fault.Faulted);
        await Eventually.HoldsAsync(() => host.Runtime.Failures().Any(), _world.Time);

        Assert.Equal(HealthStatus.Degraded, await StatusAsync());
        for (int ahead = 0; ahead < 3; ahead++)
            await host.TakeAsync();
        Assert.Equal(HealthStatus.Unhealthy, await StatusAsync());

        async Task<HealthStatus> StatusAsync() =>
            (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token)).Status;
    }

    [Theory]
    [InlineData(CodeConsistency.Journaled)]
    [InlineData(CodeConsistency.Confirmed)]
    public async Task No_code_is_in_any_line_tag_exception_or_health_data(CodeConsistency consistency)
    {
        var seen = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using TestHost host = _world.CreateHost(o => o.Consistency = consistency);
        using MeterListener meters = Listen(host, seen);
        using ActivityListener activities = Trace(seen);
        ActivitySource.AddActivityListener(activities);
        InternalSteps(host.Faults);

        await host.StartAsync();
        HashSet<string> codes = [];
        Internal.InMemory.InMemoryDatabase? snapshot = null;
        for (int i = 0; i < 400; i++)
        {
            try
            {
                codes.UnionWith(await host.TakeUpToAsync(1 + i % 3));
            }
            catch (Exception failure)
            {
                seen.Enqueue(failure.ToString());
            }

            if (i == 150)
                snapshot = _world.Database.Snapshot();
            if (i == 250)
                _world.Database.Restore(snapshot!);
            _world.Time.Advance(TimeSpan.FromMilliseconds(300));
        }

        meters.RecordObservableInstruments();
        HealthReport report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Token);
        foreach (HealthReportEntry entry in report.Entries.Values)
            seen.Enqueue($"{entry.Description} {entry.Exception} {string.Join(' ', entry.Data)}");
        host.Faults.Heal();
        await host.StopAsync();
        seen.Enqueue((await _world.AssertExactAsync()).ToString());
        foreach (Microsoft.Extensions.Logging.Testing.FakeLogRecord record in host.Logs)
            seen.Enqueue($"{record.Message} {record.Exception} {string.Join(' ', record.StructuredState ?? [])} {string.Join(' ', record.Scopes)}");

        Assert.True(codes.Count > 100, $"{codes.Count} codes");
        Assert.Superset(new HashSet<int> { 1, 3, 10, 11, 43 }, host.Logs.Select(record => record.Id.Id).ToHashSet());
        Assert.Contains(seen, text => text.StartsWith("activity ", StringComparison.Ordinal));
        Assert.Contains(seen, text => text.StartsWith("metric ", StringComparison.Ordinal));
        string all = string.Join('\n', seen);
        Assert.DoesNotContain(codes, code => all.Contains(code, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Every seventh call fails, in turn in each way.</summary>
    private static void InternalSteps(StoreFaults faults)
    {
        int calls = 0;
        faults.Choose = _ => Interlocked.Increment(ref calls) is var call && call % 7 == 0 ? (Fault)(1 + call / 7 % 4) : Fault.None;
    }

    private static MeterListener Listen(TestHost host, System.Collections.Concurrent.ConcurrentQueue<string> seen)
    {
        IMeterFactory factory = host.Services.GetRequiredService<IMeterFactory>();
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, l) =>
            {
                if (instrument.Meter.Name == "CodePool" && ReferenceEquals(instrument.Meter.Scope, factory))
                    l.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => seen.Enqueue($"metric {i.Name} {value} {string.Join(' ', tags.ToArray())}"));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => seen.Enqueue($"metric {i.Name} {value} {string.Join(' ', tags.ToArray())}"));
        listener.Start();
        return listener;
    }

    private static ActivityListener Trace(System.Collections.Concurrent.ConcurrentQueue<string> seen) => new()
    {
        ShouldListenTo = source => source.Name == "CodePool",
        Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        ActivityStopped = activity => seen.Enqueue(
            $"activity {activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Events.Select(e => e.Name))}"),
    };

    private static MetricCollector<long> CollectUndelivered(TestHost host) =>
        new(host.Services.GetRequiredService<IMeterFactory>(), "CodePool", "codepool.codes.undelivered");
}
