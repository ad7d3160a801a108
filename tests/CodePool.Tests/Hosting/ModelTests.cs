using CodePool.Providers;
using CodePool.Tests.Support;

namespace CodePool.Tests.Hosting;

/// <summary>
/// Random lives of a pool against a model that is no more than the set of codes handed out. A failure names its seed, and the
/// seed repeats the steps.
/// </summary>
public sealed class ModelTests
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    private readonly World _world = new();
    private readonly HashSet<string> _codes = [];
    private readonly List<string> _steps = [];
    private TestHost? _host;

    /// <summary>Codes claimed for callers who had gone, in processes that have ended.</summary>
    private long _undelivered;
    private bool _killed;
    private bool _failed;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<CodeConsistency, int> Seeds()
    {
        var data = new TheoryData<CodeConsistency, int>();
        foreach (int seed in Enumerable.Range(1, 20))
        {
            data.Add(CodeConsistency.Journaled, seed);
            data.Add(CodeConsistency.Confirmed, seed);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task No_code_twice_and_the_sum_exact_whatever_happens(CodeConsistency consistency, int seed)
    {
        var random = new Random(seed);
        try
        {
            for (int i = 0; i < 60; i++)
            {
                await StepAsync(random, consistency);
                await _world.AssertExactAsync();
            }

            await EndAsync(consistency);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new InvalidOperationException($"Seed {seed}: {string.Join(", ", _steps)}", failure);
        }
        finally
        {
            if (_host is not null)
                await _host.DisposeAsync();
        }
    }

    private async Task StepAsync(Random random, CodeConsistency consistency)
    {
        if (_host is null)
        {
            _steps.Add("start");
            _host = await _world.StartAsync(o => o.Consistency = consistency);
            return;
        }

        switch (random.Next(12))
        {
            case < 4:
                await TakeAsync(random.Next(1, 6), singles: true);
                break;
            case < 7:
                await TakeAsync(random.Next(1, 120), singles: false);
                break;
            case 7:
                await CancelAsync(random.Next(1, 30));
                break;
            case 8:
                Break(random);
                break;
            case 9:
                _steps.Add("time");
                _world.Time.Advance(Beat * random.Next(1, 10));
                break;
            case 10:
                await EndHostAsync(kill: false);
                break;
            default:
                await EndHostAsync(kill: true);
                break;
        }
    }

    private async Task TakeAsync(int count, bool singles)
    {
        _steps.Add($"take {count}");
        try
        {
            for (int i = 0; singles && i < count; i++)
                Add([await _host!.TakeAsync()]);
            if (!singles)
                Add(await _host!.TakeUpToAsync(count));
        }
        catch (CodePoolStoreUnavailableException) when (_failed)
        {
            // The model allows it: the store was told to fail.
        }
    }

    private async Task CancelAsync(int count)
    {
        _steps.Add($"cancel {count}");
        using var cancel = new CancellationTokenSource();
        Task<IReadOnlyList<string>> take = _host!.Pool.TakeUpToAsync(count, cancel.Token).AsTask();
        await cancel.CancelAsync();
        try
        {
            Add(await Eventually.CompletesAsync(take, _world.Time));
        }
        catch (Exception failure) when (failure is OperationCanceledException or CodePoolStoreUnavailableException)
        {
            // Nothing was handed out.
        }
    }

    private void Break(Random random)
    {
        string[] steps = ["Lease", "Fill", "Confirm", "Mark", "Settle", "OpenEpoch", "Beat", "GetLevels", "SettleClosed"];
        string step = steps[random.Next(steps.Length)];
        var fault = (Fault)random.Next(1, 5);
        int times = random.Next(1, 8);
        _steps.Add($"{step} {fault} {times}");
        _failed = true;
        _host!.Faults.FailNext(fault, step, times);
    }

    private async Task EndHostAsync(bool kill)
    {
        _steps.Add(kill ? "kill" : "stop");
        TestHost host = _host!;
        Internal.Taking.TakeQueue queue = host.Runtime.Queue;
        _host = null;
        if (!kill)
        {
            await host.StopAsync();

            // A stop that could not reach the store is a kill to the store.
            kill = host.Logged(4);
        }

        await host.DisposeAsync();
        _undelivered += queue.Undelivered;
        _killed |= kill;
    }

    private async Task EndAsync(CodeConsistency consistency)
    {
        if (_host is not null)
            await EndHostAsync(kill: false);

        // The operator's hand: what is still open belongs to the dead.
        foreach (Epoch epoch in await _world.Store.GetEpochsAsync(Token))
        {
            await _world.Store.CloseEpochAsync(epoch, EpochCloseReason.Operator, Token);
            await _world.Store.SettleClosedAsync(epoch, Token);
        }

        CodePoolAudit audit = await _world.AssertExactAsync();
        Assert.Equal(0, audit.Leased);
        foreach (string code in _codes)
        {
            CodeState state = await _world.StateAsync(code);
            Assert.True(state == CodeState.Used || (state == CodeState.Unconfirmed && consistency == CodeConsistency.Journaled && _killed));
        }

        if (consistency == CodeConsistency.Confirmed)
            Assert.Equal(0, audit.Unconfirmed);
        if (!_killed && !_failed)
            Assert.Equal((_codes.Count + _undelivered, 0), (audit.Used, audit.Unconfirmed));
    }

    private void Add(IReadOnlyList<string> codes)
    {
        foreach (string code in codes)
            Assert.True(_codes.Add(code), "A code was handed out twice.");
    }
}
