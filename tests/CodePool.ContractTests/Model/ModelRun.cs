using CodePool.Providers;

namespace CodePool.ContractTests.Model;

/// <summary>Runs one sequence against a store and the model side by side; two processes take turns.</summary>
public sealed partial class ModelRun(StoreHarness harness, CodeConsistency consistency) : IAsyncDisposable
{
    private static readonly string[] Hostile = ["hostile"];

    private readonly PoolDefinition _definition = new("model", "test format", consistency);
    private readonly PoolModel _model = new(consistency);
    private readonly List<CodeStore> _stores = [];
    private readonly List<(Epoch Epoch, Guid Operation, LeasedCode[] Codes)> _confirmed = [];
    private CodeStore _store = null!;
    private int _unknown;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Throws at the first step after which store and model differ.</summary>
    public async Task RunAsync(IReadOnlyList<ModelStep> steps)
    {
        await harness.CreateDatabaseAsync(Token);
        for (int process = 0; process < 2; process++)
            _stores.Add(await OpenAsync());
        foreach (ModelStep step in steps)
        {
            _store = _stores[step.B % 2];
            await DoAsync(step);
            await AssertLevelsAsync();
        }

        await AssertEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (CodeStore store in _stores)
            await store.DisposeAsync();
        await harness.DisposeAsync();
    }

    private Task DoAsync(ModelStep step) => step.Action switch
    {
        ModelAction.Fill => FillAsync(step.A),
        ModelAction.OpenProcess => OpenEpochAsync(EpochKind.Process),
        ModelAction.Rotate => OpenEpochAsync(EpochKind.Redis),
        ModelAction.CloseEpoch => CloseEpochAsync(step.A, step.B),
        ModelAction.Lease => LeaseAsync(step.A, step.B),
        ModelAction.LeaseAgain => LeaseAgainAsync(step.A),
        ModelAction.Mark => MarkAsync(step.A, step.B, hostile: false),
        ModelAction.MarkHostile => MarkAsync(step.A, step.B, hostile: true),
        ModelAction.Confirm => ConfirmAsync(step.A, step.B),
        ModelAction.ConfirmAgain => ConfirmAgainAsync(step.A),
        ModelAction.Settle => SettleAsync(step.A, step.B),
        ModelAction.SettleClosed => SettleClosedAsync(step.A),
        ModelAction.Recover => RecoverAsync(step.A, step.B),
        ModelAction.Adopt => AdoptAsync(step.A),
        ModelAction.AdoptUnknown => AdoptUnknownAsync(),
        _ => RestartAsync(step.B % 2),
    };

    private async Task<CodeStore> OpenAsync()
    {
        CodeStore store = harness.CreateStore(_definition.Name);
        PoolRecord record = await store.OpenAsync(_definition, Token);
        Assert.Equal((_model.Codes.Count, _model.Recovering), (record.Generated, record.Recovering));
        return store;
    }

    private async Task RestartAsync(int process)
    {
        await _stores[process].DisposeAsync();
        _store = _stores[process] = await OpenAsync();
    }

    /// <summary>While a recovery waits to be resumed, the store must refuse, and change nothing.</summary>
    private async Task<bool> RefusesAsync(Func<Task> step)
    {
        if (_model.Recovering)
            await Assert.ThrowsAsync<StoreRewoundException>(step);
        return _model.Recovering;
    }

    private async Task AssertLevelsAsync()
    {
        StoreLevels levels = await _store.GetLevelsAsync(Token);
        Assert.Equal(
            (Generated: (long)_model.Codes.Count, Available: _model.Count(CodeState.Available), Leased: _model.Count(CodeState.Leased),
                Used: _model.Count(CodeState.Used), Unconfirmed: _model.Count(CodeState.Unconfirmed)),
            (levels.Generated, levels.Available, levels.Leased, levels.Used, levels.Unconfirmed));
        foreach (EpochCloseReason reason in Enum.GetValues<EpochCloseReason>())
            Assert.Equal(_model.Burned.GetValueOrDefault(reason), levels.Burned.GetValueOrDefault(reason));
    }

    private async Task AssertEndAsync()
    {
        _store = _stores[0];
        await _store.AssertExactAsync();
        foreach (ModelCode code in _model.Codes.Values)
            Assert.Equal(code.State, await _store.StateAsync(code.Code));
        Assert.Equal(
            _model.Epochs.Where(epoch => epoch.IsOpen || _model.Leases.Exists(lease => lease.IsOpen && lease.Epoch == epoch))
                .Select(epoch => epoch.Epoch.Number),
            (await _store.GetEpochsAsync(Token)).Select(epoch => epoch.Number));
    }
}
