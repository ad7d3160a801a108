using CodePool.Providers;

namespace CodePool.ContractTests.Model;

/// <content>Fill, epochs, lease, settle.</content>
public sealed partial class ModelRun
{
    private async Task FillAsync(int size)
    {
        int missing = 1 + (size % 9);
        int next = _model.Codes.Count + 1;

        // The first is a duplicate, if there is anything to repeat; the rest is fresh.
        string[] drawn = [.. _model.Codes.Values.Take(1).Select(code => code.Code), .. Enumerable.Range(next, missing).Select(number => $"{number * 7919 % 9973}-{number}")];
        var request = new FillRequest(_model.Count(CodeState.Available) + missing, missing, _ => drawn);
        if (await RefusesAsync(async () => await _store.FillAsync(request, Token)))
            return;

        Assert.Equal(missing, (await _store.FillAsync(request, Token)).Stored);
        foreach (string code in drawn[^missing..])
            _model.Add(code);
    }

    private async Task OpenEpochAsync(EpochKind kind)
    {
        var request = new EpochRequest(kind, Guid.NewGuid(), "model", Replaces: _model.CurrentEpoch);
        if (await RefusesAsync(async () => await _store.OpenEpochAsync(request, Token)))
            return;

        Epoch epoch = Assert.IsType<Epoch>(await _store.OpenEpochAsync(request, Token));
        Assert.Equal(_model.NextEpoch, epoch.Number);
        if (kind == EpochKind.Redis)
            Assert.True(await _store.ActivateEpochAsync(epoch, Token));
        _model.Open(epoch);
    }

    private async Task CloseEpochAsync(int which, int reason)
    {
        if (Pick(_model.Epochs, which) is not { } epoch)
            return;
        EpochCloseReason why = reason % 3 == 0 ? EpochCloseReason.Stale : EpochCloseReason.Operator;
        Assert.Equal(epoch.IsOpen, await _store.CloseAsync(epoch.Epoch, why));
        _model.Close(epoch, why);
    }

    private async Task LeaseAsync(int which, int size)
    {
        // Mostly the newest epoch: most old ones are closed.
        ModelEpoch? epoch = which % 4 == 0 ? Pick(_model.Epochs, which / 4) : _model.Epochs.LastOrDefault(known => known.IsOpen);
        if (epoch is null)
            return;
        var request = new LeaseRequest(epoch.Epoch, Guid.NewGuid(), 1 + (size / 2 % 8), HighestLease());
        if (await RefusesAsync(async () => await _store.LeaseAsync(request, Token)))
            return;

        LeaseResult result = await _store.LeaseAsync(request, Token);
        IReadOnlyList<ModelCode> expected = epoch.IsOpen ? _model.NextAvailable(request.Count) : [];
        LeaseOutcome outcome = !epoch.IsOpen ? LeaseOutcome.EpochClosed : expected.Count == 0 ? LeaseOutcome.Empty : LeaseOutcome.Leased;
        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(expected.Select(code => (code.Number, code.Code)), result.Leases.All().Select(code => (code.Number, code.Code)));
        foreach (Lease lease in result.Leases)
        {
            Assert.True(lease.Number > HighestLease(), "A lease number repeats.");
            _model.Lease(lease, epoch, request.Operation);
        }

        Assert.Equal(_model.Count(CodeState.Available), result.Available);
    }

    private async Task LeaseAgainAsync(int which)
    {
        // Only an operation of which nothing was settled or used is one whose answer can have been lost.
        List<ModelLease> whole = [.. _model.Leases.Where(lease => lease.Epoch.IsOpen && _model.Leases
            .Where(other => other.Operation == lease.Operation).All(IsWhole))];
        if (Pick(whole, which) is not { } first)
            return;
        LeaseResult again = await _store.TryLeaseAsync(first.Epoch.Epoch, 3, first.Operation, HighestLease());
        Assert.Equal(
            _model.Leases.Where(lease => lease.Operation == first.Operation).Select(lease => lease.Lease).All(), again.Leases.All());
    }

    private async Task SettleAsync(int which, int cut)
    {
        if (Pick(_model.Leases, which) is not { } lease)
            return;
        long unseenFrom = cut % 3 == 0 ? long.MaxValue : lease.Lease.First + (cut % (lease.Lease.Codes.Count + 1));
        if (await RefusesAsync(() => _store.SettleAsync(lease.Epoch.Epoch, lease.Lease, unseenFrom)))
            return;

        SettleResult result = await _store.SettleAsync(lease.Epoch.Epoch, lease.Lease, unseenFrom);
        Assert.Equal(Expect(lease.IsOpen ? [lease] : [], unseenFrom), result);
    }

    private async Task SettleClosedAsync(int which)
    {
        if (Pick([.. _model.Epochs.Where(known => !known.IsOpen || which % 5 == 0)], which) is not { } epoch
            || await RefusesAsync(() => _store.SettleClosedAsync(epoch.Epoch)))
            return;
        SettleResult result = await _store.SettleClosedAsync(epoch.Epoch);
        Assert.Equal(
            Expect([.. _model.Leases.Where(lease => lease.IsOpen && lease.Epoch == epoch && !epoch.IsOpen)], long.MaxValue), result);
    }

    private SettleResult Expect(List<ModelLease> leases, long unseenFrom)
    {
        var sums = leases.ConvertAll(lease => _model.Settle(lease, unseenFrom));
        return new SettleResult(leases.Count, sums.Sum(sum => sum.Returned), sums.Sum(sum => sum.Unconfirmed));
    }

    private long HighestLease() => _model.Leases.Select(lease => lease.Lease.Number).DefaultIfEmpty().Max();

    private bool IsWhole(ModelLease lease) => lease.IsOpen && lease.Lease.All().All(code => _model.Codes[code.Number].State == CodeState.Leased);

    private static T? Pick<T>(IReadOnlyList<T> all, int which)
        where T : class => all.Count == 0 ? null : all[which % all.Count];
}
