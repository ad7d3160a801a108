using CodePool.Providers;

namespace CodePool.ContractTests.Model;

/// <content>Mark, confirm, recover, adopt.</content>
public sealed partial class ModelRun
{
    private enum Place
    {
        Leased,
        Late,
        Done,
        None,
    }

    private async Task MarkAsync(int which, int choice, bool hostile)
    {
        if (Pick(_model.Leases, which) is not { } lease)
            return;
        LeasedCode[] codes = Choose(lease, choice);
        if (hostile)
            codes = [.. codes, new LeasedCode(lease.Lease.Number, lease.Lease.First, Hostile[0])];
        Epoch epoch = lease.Epoch.Epoch;
        List<LeasedCode> unplaced = [.. codes.Where(code => PlaceOf(lease, code) == Place.None)];
        if (unplaced.Count > 0 && epoch.Number >= _model.RecoveredEpoch)
        {
            await StoreAsserts.AssertRewoundAsync(() => _store.MarkAsync(epoch, codes), epoch.Number);
            return;
        }

        MarkResult result = await _store.MarkAsync(epoch, codes);
        Assert.Equal(unplaced, result.Unplaced);
        Assert.Equal(codes.Count(code => PlaceOf(lease, code) is Place.Leased or Place.Late), result.Marked);
        Assert.Equal(codes.Count(code => PlaceOf(lease, code) == Place.Late), result.Late);
        foreach (LeasedCode code in codes.Where(code => PlaceOf(lease, code) is Place.Leased or Place.Late))
            HandOut(_model.Codes[code.Number]);
    }

    private Place PlaceOf(ModelLease lease, LeasedCode code)
    {
        ModelCode? known = _model.Find(code.Code);
        if (known is { State: CodeState.Used })
            return Place.Done;
        if (known is null || known.Number != code.Number)
            return Place.None;
        return known.State switch
        {
            CodeState.Leased when known.Lease == lease => Place.Leased,
            CodeState.Unconfirmed when known.Lease == lease || known.Recovered => Place.Late,
            _ => Place.None,
        };
    }

    private async Task ConfirmAsync(int which, int choice)
    {
        if (Pick(_model.Leases, which) is not { } lease)
            return;
        LeasedCode[] codes = Choose(lease, choice);
        var operation = Guid.NewGuid();
        if (await RefusesAsync(() => _store.ConfirmAsync(lease.Epoch.Epoch, codes, operation)))
            return;

        IReadOnlyList<int> result = await _store.ConfirmAsync(lease.Epoch.Epoch, codes, operation);
        int[] expected = [.. Enumerable.Range(0, codes.Length).Where(index => PlaceOf(lease, codes[index]) == Place.Leased)];
        Assert.Equal(expected, result);
        foreach (int index in expected)
            HandOut(_model.Codes[codes[index].Number], operation);
        _confirmed.Add((lease.Epoch.Epoch, operation, codes));
    }

    private async Task ConfirmAgainAsync(int which)
    {
        if (_confirmed.Count == 0)
            return;

        // Codes that this operation did not get, it may get now, if their lease is open again: so only won ones are asked again.
        (Epoch epoch, Guid operation, LeasedCode[] codes) = _confirmed[which % _confirmed.Count];
        codes = [.. codes.Where(code => _model.Codes[code.Number].Operation == operation)];
        if (await RefusesAsync(() => _store.ConfirmAsync(epoch, codes, operation)))
            return;
        Assert.Equal(Enumerable.Range(0, codes.Length), await _store.ConfirmAsync(epoch, codes, operation));
    }

    private async Task RecoverAsync(int evidence, int choice)
    {
        // Rarely real: each recovery ends everything.
        long epoch = evidence % 3 == 0 ? Pick(_model.Epochs, evidence / 3)?.Epoch.Number ?? 0 : 0;
        var request = new RecoveryRequest(epoch, HighestLease(), _model.NextEpoch - 1, Resume: choice % 3 != 0);
        bool performed = _model.Recovering || (epoch > 0 && epoch >= _model.RecoveredEpoch);
        long burned = performed ? _model.Recover(request) : 0;
        Assert.Equal(
            new RecoveryResult(performed, burned, !performed || request.Resume), await _store.RecoverAsync(request, Token));
    }

    private async Task AdoptAsync(int which)
    {
        if (_model.Codes.Count == 0)
            return;
        ModelCode code = _model.Codes[1 + (which % _model.Codes.Count)];
        Assert.Equal(0, await _store.AdoptAsync(code.Code));
        if (code.State != CodeState.Used)
            code.State = CodeState.Used;
    }

    private async Task AdoptUnknownAsync()
    {
        string code = $"unknown {++_unknown}";
        Assert.Equal(1, await _store.AdoptAsync(code));
        _model.Add(code, CodeState.Used);
    }

    private void HandOut(ModelCode code, Guid? operation = null)
    {
        Assert.True(_model.HandedOut.Add(code.Number), "A code was handed out twice.");
        (code.State, code.Operation) = (CodeState.Used, operation);
    }

    /// <summary>Some codes of a lease, by the bits of the choice.</summary>
    private static LeasedCode[] Choose(ModelLease lease, int choice) =>
        lease.Lease.At([.. Enumerable.Range(0, lease.Lease.Codes.Count).Where(place => (choice >> (place + 1) & 1) == 1)]);
}
