using System.Threading.Channels;
using CodePool.Internal.Telemetry;
using CodePool.Providers;
using Microsoft.Extensions.Logging;

namespace CodePool.Internal.Hosting;

/// <summary>
/// A pass that runs at an interval, when it is woken, and when somebody asks for its outcome. A failing pass is logged when
/// it begins to fail, when a person turns out to have to mend it, and when it works again; is tried again ever more slowly, and never stops the host.
/// </summary>
internal abstract class BackgroundLoop<TOutcome>(string pool, TimeSpan interval, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastBackoff = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _wakes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private TaskCompletionSource<TOutcome> _next = NewPass();
    private int _failures;

    /// <summary>Failures since the log said that the loop fails; 0 when it says that all is well.</summary>
    private int _said;

    /// <summary>Whether the log says, since then, that a person must mend it.</summary>
    private bool _askedToMend;

    protected string PoolName => pool;

    /// <summary>Why the last pass failed; null while all is well.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Makes the next pass start now, unless the loop is backing off from a failure.</summary>
    public void Wake() => _wakes.Writer.TryWrite(true);

    /// <summary>The outcome of a pass that begins after this call; while the loop backs off, its last failure at once.</summary>
    public Task<TOutcome> RequestAsync()
    {
        // The pass that is being waited for is taken before the look at the failure: a loop that has just recovered serves it.
        Task<TOutcome> next = Volatile.Read(ref _next).Task;
        if (Failure is { } failure)
            return Task.FromException<TOutcome>(failure);
        Wake();
        return next;
    }

    public async Task RunAsync(CancellationToken stopping)
    {
        using ITimer timer = time.CreateTimer(_ => Wake(), null, interval, interval);
        while (!stopping.IsCancellationRequested)
        {
            await RunPassAsync(stopping).ConfigureAwait(false);
            try
            {
                if (_failures > 0)
                    await Task.Delay(Backoff(_failures), time, stopping).ConfigureAwait(false);
                else
                    await _wakes.Reader.ReadAsync(stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Stopping: the condition above ends the loop.
            }
        }

        Exception stopped = new CodePoolStoppedException(pool, "has been stopped.");
        Failure = stopped;
        Fail(_next, stopped);
    }

    /// <summary>Whether a pass that succeeds is to be believed: until then the log does not say that the loop works again.</summary>
    protected virtual bool HasSettled => true;

    /// <summary>What the loop is for.</summary>
    protected abstract Task<TOutcome> PassAsync(CancellationToken stopping);

    /// <summary>A database that went back in time; the next pass finds it answered.</summary>
    protected abstract Task AnswerAsync(StoreRewoundException rewound, CancellationToken stopping);

    private static TaskCompletionSource<TOutcome> NewPass() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TimeSpan Backoff(int failures) =>
        TimeSpan.FromTicks(Math.Min(FirstBackoff.Ticks << Math.Min(failures, 10), LastBackoff.Ticks));

    private static void Fail(TaskCompletionSource<TOutcome> pass, Exception failure)
    {
        pass.TrySetException(failure);
        _ = pass.Task.Exception; // Nobody may be waiting for this pass.
    }

    private async Task RunPassAsync(CancellationToken stopping)
    {
        // Whoever asked before this line gets the outcome of the pass that begins after it.
        TaskCompletionSource<TOutcome> pass = Interlocked.Exchange(ref _next, NewPass());
        try
        {
            TOutcome outcome = await PassAsync(stopping).ConfigureAwait(false);
            Recovered();
            pass.TrySetResult(outcome);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            Fail(pass, new CodePoolStoppedException(pool, "has been stopped."));
        }
#pragma warning disable CA1031 // A background fault must never stop the host.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            await FailedAsync(failure, stopping).ConfigureAwait(false);
            Fail(pass, failure);
        }
    }

    private async ValueTask FailedAsync(Exception failure, CancellationToken stopping)
    {
        if (failure is StoreRewoundException rewound)
        {
            try
            {
                await AnswerAsync(rewound, stopping).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // The answer can be repeated, and will be: by the next pass.
            catch (Exception unanswered)
#pragma warning restore CA1031
            {
                failure = unanswered;
            }
        }

        _failures++;

        // A password that was changed is first of all a lost connection: what there is to do is said by the tries that follow.
        bool asksToMend = failure is CodePoolConfigurationException && !_askedToMend;
        if (_said++ == 0 || asksToMend)
            logger.PassFailed(pool, GetType().Name, failure);
        _askedToMend |= asksToMend;
        Failure = failure;
    }

    private void Recovered()
    {
        _failures = 0;
        Failure = null;
        if (_said == 0 || !HasSettled)
            return;
        logger.PassRecovered(pool, GetType().Name, _said);
        (_said, _askedToMend) = (0, false);
    }
}
