using System.Globalization;
using CodePool.Internal.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CodePool.Internal.Telemetry;

/// <summary>
/// Unhealthy: a take would fail now. Degraded: takes work, but something needs a look. Reads what the monitors saw last,
/// so that a probe costs the store nothing.
/// </summary>
internal sealed class PoolHealthCheck(PoolRuntime runtime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        long cached = runtime.Pops.Cached;
        var data = new Dictionary<string, object>
        {
            ["cached"] = cached,
            ["available"] = runtime.StoreMonitor.Available,
            ["journaled"] = runtime.Pops.Journaled,
            ["undelivered"] = runtime.Queue.Undelivered,
        };
        string[] problems = [.. Problems(cached)];
        HealthStatus status = problems.Length == 0 ? HealthStatus.Healthy
            : TakesWork(cached) ? HealthStatus.Degraded
            : context.Registration.FailureStatus;
        return Task.FromResult(new HealthCheckResult(status, string.Join(" ", problems), data: data));
    }

    /// <summary>
    /// A Journaled take needs a code in the cache; a Confirmed one needs the store as well, unless codes confirmed ahead wait for it and
    /// are not held. The shared cache is needed by neither.
    /// </summary>
    private bool TakesWork(long cached) =>
        runtime.IsRunning
        && (runtime.Queue.HasUndelivered
            || (cached > 0
                && (runtime.Options.Consistency == CodeConsistency.Journaled
                    || runtime.Failures().All(loop => loop.Loop.StartsWith("Shared", StringComparison.Ordinal)))));

    private IEnumerable<string> Problems(long cached)
    {
        if (!runtime.IsRunning)
            yield return "The pool is not running.";
        if (runtime.Recovery.WaitsForOperator)
            yield return "The database went back in time; the pool waits for ICodePoolOperations.ResumeAsync.";
        foreach ((string loop, Exception failure) in runtime.Failures())
            yield return string.Create(CultureInfo.InvariantCulture, $"{loop} is failing: {failure.GetType().Name}.");
        foreach (string problem in CacheProblems())
            yield return problem;
        if (runtime.IsRunning && runtime.Queue.IsHolding)
            yield return "Codes that are confirmed and have no caller yet are held: the store has not answered within EpochTimeout.";
        if (runtime.StoreMonitor.KeyspaceExhausted)
            yield return "The format has no new codes left.";
        else if (runtime.StoreMonitor.KeyspaceFilling)
            yield return "The keyspace is filling up.";
        if (runtime.StoreMonitor.Guessable)
            yield return "So many codes were generated that a guess hits with more than one in a million.";
        if (runtime.IsRunning && cached + runtime.Queue.Undelivered == 0 && runtime.StoreMonitor.Available == 0)
            yield return "The pool is empty.";
    }

    private IEnumerable<string> CacheProblems()
    {
        if (runtime.Shared is not { } shared)
            yield break;
        if (shared.Epoch.IsContested)
            yield return "Another Redis server serves this pool as well.";
        if (runtime.IsRunning && shared.Epoch.Current is null)
            yield return "The shared cache cannot be used now; takes are served from this process's own lease.";
        if (runtime.Pops.Journaled >= runtime.Options.MaxJournalLength)
            yield return "The journal has reached MaxJournalLength; marks do not keep up.";
        foreach (string problem in shared.Epoch.View?.Problems ?? [])
            yield return problem;
    }
}
