using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>The steps of a pool's life, short enough to tell a story in a test.</summary>
public static class StoreSteps
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Stores that many more codes: <see cref="TestCodes.Of"/> of their numbers.</summary>
    public static async Task<FillResult> FillAsync(this CodeStore store, int count)
    {
        StoreLevels levels = await store.GetLevelsAsync(Token);
        FillResult result = await store.FillAsync(
            new FillRequest(levels.Available + count, count, missing => TestCodes.Range(levels.Generated + 1, missing)), Token);
        Assert.Equal(count, result.Stored);
        return result;
    }

    /// <summary>Stores exactly these.</summary>
    public static async Task<FillResult> FillAsync(this CodeStore store, params string[] codes)
    {
        long available = (await store.GetLevelsAsync(Token)).Available;
        return await store.FillAsync(new FillRequest(available + codes.Length, codes.Length, _ => codes), Token);
    }

    public static async Task<Epoch> OpenProcessAsync(this CodeStore store) =>
        Assert.IsType<Epoch>(await store.OpenEpochAsync(new EpochRequest(EpochKind.Process, Guid.NewGuid(), "host/1"), Token));

    /// <summary>A shared epoch in place of another, opening.</summary>
    public static async Task<Epoch?> RotateAsync(this CodeStore store, long replaces = 0, bool onlyOpening = false) =>
        await store.OpenEpochAsync(
            new EpochRequest(EpochKind.Redis, Guid.NewGuid(), "replid", Replaces: replaces, OnlyOpening: onlyOpening), Token);

    /// <summary>A shared epoch in place of another, open.</summary>
    public static async Task<Epoch> OpenSharedAsync(this CodeStore store, long replaces = 0)
    {
        Epoch epoch = Assert.IsType<Epoch>(await store.RotateAsync(replaces));
        Assert.True(await store.ActivateEpochAsync(epoch, Token));
        return epoch;
    }

    public static async Task<bool> CloseAsync(this CodeStore store, Epoch epoch, EpochCloseReason reason = EpochCloseReason.Stale) =>
        await store.CloseEpochAsync(epoch, reason, Token);

    public static async Task<LeaseResult> TryLeaseAsync(
        this CodeStore store, Epoch epoch, int count, Guid? operation = null, long highestKnown = 0) =>
        await store.LeaseAsync(new LeaseRequest(epoch, operation ?? Guid.NewGuid(), count, highestKnown), Token);

    /// <summary>Leases in as many runs as it takes.</summary>
    public static async Task<IReadOnlyList<Lease>> LeaseRunsAsync(this CodeStore store, Epoch epoch, int count)
    {
        LeaseResult result = await store.TryLeaseAsync(epoch, count);
        Assert.Equal(LeaseOutcome.Leased, result.Outcome);
        Assert.Equal(count, result.Leases.Sum(lease => lease.Codes.Count));
        return result.Leases;
    }

    /// <summary>Leases one run.</summary>
    public static async Task<Lease> LeaseAsync(this CodeStore store, Epoch epoch, int count) =>
        Assert.Single(await store.LeaseRunsAsync(epoch, count));

    public static async Task<MarkResult> MarkAsync(this CodeStore store, Epoch epoch, params LeasedCode[] codes) =>
        await store.MarkAsync(epoch, codes, Token);

    /// <summary>Confirms under a new operation, unless one is named.</summary>
    public static async Task<IReadOnlyList<int>> ConfirmAsync(
        this CodeStore store, Epoch epoch, IReadOnlyList<LeasedCode> codes, Guid? operation = null) =>
        await store.ConfirmAsync(epoch, operation ?? Guid.NewGuid(), codes, Token);

    public static async Task<SettleResult> SettleAsync(this CodeStore store, Epoch epoch, Lease lease, long unseenFrom = long.MaxValue) =>
        await store.SettleAsync(epoch, [new LeaseSettlement(lease.Number, unseenFrom)], Token);

    public static async Task<SettleResult> SettleClosedAsync(this CodeStore store, Epoch epoch) =>
        await store.SettleClosedAsync(epoch, Token);

    /// <summary>Answers a rewind that nobody has evidence for but the epoch.</summary>
    public static async Task<RecoveryResult> RecoverAsync(
        this CodeStore store, long evidence, bool resume = true, long highestLease = 0, long highestEpoch = 0) =>
        await store.RecoverAsync(new RecoveryRequest(evidence, highestLease, highestEpoch, resume), Token);

    public static async Task<int> AdoptAsync(this CodeStore store, params string[] codes) =>
        await store.AdoptAsync(codes, Token);
}
