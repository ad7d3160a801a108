using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>Recovery: a database that went back in time is answered once, and nothing of it goes back to Available.</summary>
public abstract partial class RecoveryContract<THarness> : StoreSuite<THarness>
    where THarness : StoreHarness, new()
{
    private const long Jump = 1L << 20;

    [Fact]
    public async Task Everything_open_becomes_unconfirmed_and_every_epoch_is_closed()
    {
        (Epoch epoch, Epoch shared) = await LiveAsync();
        RecoveryResult result = await Store.RecoverAsync(epoch.Number);
        Assert.Equal(new RecoveryResult(true, 16, true), result);

        StoreLevels levels = await Store.AssertLevelsAsync(used: 2, unconfirmed: 18);
        Assert.Equal((2, 16), (levels.Burned[EpochCloseReason.Stopped], levels.Burned[EpochCloseReason.Recovered]));
        Assert.Empty(await Store.GetEpochsAsync(Token));
        Assert.Equal(LeaseOutcome.EpochClosed, (await Store.TryLeaseAsync(epoch, 1)).Outcome);
        Assert.Null(await Store.RotateAsync(shared.Number));
        Assert.Equal(LeaseOutcome.Empty, (await Store.TryLeaseAsync(await Store.OpenSharedAsync(), 1)).Outcome);
    }

    [Fact]
    public async Task The_same_evidence_is_answered_once()
    {
        (Epoch epoch, Epoch shared) = await LiveAsync();
        await Store.RecoverAsync(shared.Number);
        Epoch next = await Store.OpenProcessAsync();
        CodeStore other = await OpenStoreAsync();
        foreach (long evidence in new[] { 0, epoch.Number, shared.Number, shared.Number + 1 })
            Assert.Equal(new RecoveryResult(false, 0, true), await other.RecoverAsync(evidence));
        Assert.Equal(next, Assert.Single(await Store.GetEpochsAsync(Token)));
    }

    [Fact]
    public async Task Without_evidence_nothing_happens()
    {
        await LiveAsync();
        StoreLevels before = await Store.AssertExactAsync();
        Assert.Equal(new RecoveryResult(false, 0, true), await Store.RecoverAsync(0));
        Assert.Equal(before.Available, (await Store.AssertExactAsync()).Available);
        Assert.Equal(2, (await Store.GetEpochsAsync(Token)).Count);
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(500, 700, 600)]
    [InlineData(500, 300, 900)]
    public async Task Numbers_jump_past_everything_remembered(long highestLease, long highestEpoch, long evidence)
    {
        (Epoch epoch, _) = await LiveAsync();
        await Store.RecoverAsync(Math.Max(evidence, epoch.Number), highestLease: highestLease, highestEpoch: highestEpoch);
        Epoch next = await Store.OpenProcessAsync();
        Assert.InRange(next.Number, Math.Max(3, Math.Max(highestEpoch, evidence)) + Jump, 2000 + Jump);
        await Store.FillAsync(1);
        Assert.InRange((await Store.LeaseAsync(next, 1)).Number, Math.Max(4, highestLease) + Jump, 2000 + Jump);
    }

    [Fact]
    public async Task Later_evidence_is_answered_again()
    {
        (Epoch epoch, _) = await LiveAsync();
        await Store.RecoverAsync(epoch.Number);
        await Store.FillAsync(5);
        Epoch next = await Store.OpenProcessAsync();
        await Store.LeaseAsync(next, 2);
        Assert.Equal(new RecoveryResult(true, 5, true), await Store.RecoverAsync(next.Number));
        StoreLevels levels = await Store.AssertLevelsAsync(used: 2, unconfirmed: 23);
        Assert.Equal(21, levels.Burned[EpochCloseReason.Recovered]);
        Assert.Equal(new RecoveryResult(false, 0, true), await Store.RecoverAsync(next.Number));
    }

    [Fact]
    public async Task Void_codes_stay_void()
    {
        (Epoch epoch, _) = await LiveAsync();
        await DamageAsync(StoreDamage.VoidCode, 3);
        Assert.Equal(new RecoveryResult(true, 15, true), await Store.RecoverAsync(epoch.Number));
        await Store.AssertLevelsAsync(used: 2, unconfirmed: 17, @void: 1);
        Assert.Equal(CodeState.Void, await Store.StateAsync(3));
    }

    [Fact]
    public async Task An_empty_pool_recovers_too()
    {
        Epoch epoch = await Store.OpenProcessAsync();
        Assert.Equal(new RecoveryResult(true, 0, true), await Store.RecoverAsync(epoch.Number));
        await Store.FillAsync(2);
        await Store.AssertLevelsAsync(available: 2);
        Assert.Equal(1, (await Store.LeaseAsync(await Store.OpenProcessAsync(), 2)).First);
    }

    [Fact]
    public async Task The_pool_stays_stopped_until_it_is_resumed()
    {
        (Epoch epoch, _) = await LiveAsync();
        Lease lease = await Store.LeaseAsync(epoch, 2);
        Assert.Equal(new RecoveryResult(true, 16, false), await Store.RecoverAsync(epoch.Number, resume: false));
        CodeStore other = CreateStore(PoolName);
        Assert.True((await other.OpenAsync(new PoolDefinition(PoolName, Format, CodeConsistency.Journaled), Token)).Recovering);
        await AssertRefusesAsync(other, epoch, lease);

        Assert.Equal(2, (await other.MarkAsync(epoch, lease.All())).Late);
        Assert.Equal(1, await other.AdoptAsync("forgotten"));
        Assert.Equal(CodeState.Unconfirmed, await other.StateAsync(3));
        await other.AssertLevelsAsync(used: 5, unconfirmed: 16);

        // Anyone may repeat it; it is over only when somebody resumes.
        Assert.Equal(new RecoveryResult(true, 0, false), await Store.RecoverAsync(epoch.Number, resume: false));
        await AssertRefusesAsync(Store, epoch, lease);
        Assert.Equal(new RecoveryResult(true, 0, true), await Store.RecoverAsync(0));
        Assert.Equal(new RecoveryResult(false, 0, true), await Store.RecoverAsync(0));
        await Store.FillAsync(3);
        await Store.LeaseAsync(await Store.OpenProcessAsync(), 3);
        await Store.AssertLevelsAsync(leased: 3, used: 5, unconfirmed: 16);
    }

    [Fact]
    public async Task Old_holders_change_nothing_but_late_marks()
    {
        (Epoch epoch, Epoch shared) = await LiveAsync();
        Lease lease = Assert.Single((await Store.TryLeaseAsync(epoch, 2)).Leases);
        await Store.RecoverAsync(epoch.Number);
        Assert.Equal(default, await Store.SettleAsync(epoch, lease, unseenFrom: 0));
        Assert.Equal(default, await Store.SettleClosedAsync(epoch));
        Assert.Empty(await Store.ConfirmAsync(epoch, lease.All()));
        Assert.False(await Store.BeatAsync(shared, Token));
        Assert.False(await Store.ActivateEpochAsync(shared, Token));
        Assert.Empty(await Store.GetOpenLeasesAsync(epoch, Token));

        MarkResult late = await Store.MarkAsync(epoch, lease.All());
        Assert.Equal((2, 2, 0), (late.Marked, late.Late, late.Unplaced.Count));
        await Store.AssertLevelsAsync(used: 4, unconfirmed: 16);
    }

    [Fact]
    public async Task An_own_confirmation_is_still_found()
    {
        CodeStore store = await OpenConfirmedAsync();
        await store.FillAsync(4);
        Epoch epoch = await store.OpenProcessAsync();
        Lease lease = await store.LeaseAsync(epoch, 4);
        var operation = Guid.NewGuid();
        await store.ConfirmAsync(epoch, lease.Take(2), operation);
        await store.RecoverAsync(epoch.Number);
        Assert.Equal(2, (await store.ConfirmAsync(epoch, lease.All(), operation)).Count);
        Assert.Empty(await store.ConfirmAsync(epoch, lease.All()));
        await store.AssertLevelsAsync(used: 2, unconfirmed: 2);
    }

    /// <summary>20 codes: 1 and 2 used, 3 and 4 leased, 5 and 6 unconfirmed, 7 and 8 returned, the rest available; a process epoch and a shared one, still opening.</summary>
    private async Task<(Epoch Process, Epoch Shared)> LiveAsync()
    {
        await Store.FillAsync(20);
        Epoch epoch = await Store.OpenProcessAsync();
        Lease first = await Store.LeaseAsync(epoch, 4);
        Lease second = await Store.LeaseAsync(epoch, 4);
        await Store.MarkAsync(epoch, first.Take(2));
        await Store.SettleAsync(epoch, second, unseenFrom: 7);
        Epoch shared = Assert.IsType<Epoch>(await Store.RotateAsync());
        return (epoch, shared);
    }

    private static async Task AssertRefusesAsync(CodeStore store, Epoch epoch, Lease lease, bool fill = true)
    {
        if (fill)
            await StoreAsserts.AssertRewoundAsync(() => store.FillAsync("x"));
        await StoreAsserts.AssertRewoundAsync(() => store.OpenProcessAsync());
        await StoreAsserts.AssertRewoundAsync(() => store.RotateAsync());
        await StoreAsserts.AssertRewoundAsync(() => store.TryLeaseAsync(epoch, 1));
        await StoreAsserts.AssertRewoundAsync(() => store.ConfirmAsync(epoch, lease.All()));
        await StoreAsserts.AssertRewoundAsync(() => store.SettleAsync(epoch, lease));
        await StoreAsserts.AssertRewoundAsync(() => store.SettleClosedAsync(epoch));
    }
}
