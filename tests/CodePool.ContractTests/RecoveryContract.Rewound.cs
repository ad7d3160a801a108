using CodePool.Providers;

namespace CodePool.ContractTests;

/// <content>A database that really went back, or was replaced by a copy.</content>
public abstract partial class RecoveryContract<THarness>
{
    [Fact]
    public async Task Marks_from_before_the_recovery_that_have_no_place_are_listed_and_the_others_written()
    {
        (Epoch epoch, _) = await LiveAsync();
        Lease lease = Assert.Single((await Store.TryLeaseAsync(epoch, 2)).Leases);
        await Store.RecoverAsync(epoch.Number);
        await Store.FillAsync(2);
        LeasedCode[] lost = [new(9, 99, "lost"), new(9, 21, "another 21"), lease.At(1)[0] with { Code = "wrong" }, new(9, 22, TestCodes.Of(22))];
        MarkResult result = await Store.MarkAsync(epoch, [.. lost, .. lease.Take(1)]);
        Assert.Equal((1, 1), (result.Marked, result.Late));
        Assert.Equal(lost, result.Unplaced);
        await Store.AssertLevelsAsync(available: 2, used: 3, unconfirmed: 17);

        Epoch next = await Store.OpenProcessAsync();
        await StoreAsserts.AssertRewoundAsync(() => Store.MarkAsync(next, lost[0]), next.Number);
    }

    [Fact]
    public async Task A_lease_that_was_forgotten_is_noticed_and_its_codes_are_never_leased_again()
    {
        await Store.FillAsync(10);
        Epoch epoch = await Store.OpenProcessAsync();
        object backup = await Harness.TakeSnapshotAsync(Token);
        Lease lost = await Store.LeaseAsync(epoch, 4);
        await Store.FillAsync("E", "F");
        Lease late = (await Store.LeaseRunsAsync(epoch, 8))[0];
        await Harness.RestoreAsync(backup, Token);

        await StoreAsserts.AssertRewoundAsync(() => Store.TryLeaseAsync(epoch, 4, highestKnown: late.Number), epoch.Number);
        await StoreAsserts.AssertRewoundAsync(() => Store.MarkAsync(epoch, lost.Take(2)), epoch.Number);
        await Store.AssertLevelsAsync(available: 10);
        Assert.True((await Store.RecoverAsync(epoch.Number, highestLease: late.Number)).Performed);

        MarkResult result = await Store.MarkAsync(epoch, [.. lost.Take(2), .. late.All()]);
        Assert.Equal((8, 8), (result.Marked, result.Late));
        Assert.Equal(["E", "F"], result.Unplaced.Select(code => code.Code));
        Assert.Equal(2, await Store.AdoptAsync("E", "F"));
        await Store.FillAsync(3);
        Lease fresh = await Store.LeaseAsync(await Store.OpenProcessAsync(), 3);
        Assert.Equal((13, 15), (fresh.First, fresh.Last));
        await Store.AssertLevelsAsync(leased: 3, used: 10, unconfirmed: 2);
    }

    [Fact]
    public async Task A_forgotten_epoch_whose_number_repeats_is_told_by_its_token()
    {
        await Store.FillAsync(4);
        object backup = await Harness.TakeSnapshotAsync(Token);
        Epoch forgotten = await Store.OpenProcessAsync();
        Lease lost = await Store.LeaseAsync(forgotten, 2);
        await Harness.RestoreAsync(backup, Token);
        Epoch twin = await Store.OpenProcessAsync();
        Lease again = await Store.LeaseAsync(twin, 2);
        Assert.Equal((forgotten.Number, lost.Number), (twin.Number, again.Number));

        Assert.Empty(await Store.ConfirmAsync(forgotten, lost.All()));
        Assert.Equal(default, await Store.SettleAsync(forgotten, lost, unseenFrom: 0));
        await StoreAsserts.AssertRewoundAsync(() => Store.MarkAsync(forgotten, lost.All()), forgotten.Number);
        await Store.AssertLevelsAsync(available: 2, leased: 2);
    }

    [Fact]
    public async Task Another_identity_stops_the_pool_until_it_has_recovered()
    {
        Assert.SkipUnless(Harness.HasIdentity, "This database has no identity.");
        (Epoch epoch, _) = await LiveAsync();
        Lease lease = await Store.LeaseAsync(epoch, 2);
        await Harness.ChangeIdentityAsync(PoolName, Token);
        foreach (CodeStore store in new[] { Store, await OpenStoreAsync() })
        {
            await AssertRefusesAsync(store, epoch, lease, fill: false);
            await StoreAsserts.AssertRewoundAsync(() => store.MarkAsync(epoch, lease.All()));
        }

        Assert.Equal(new RecoveryResult(true, 16, true), await Store.RecoverAsync(0));
        Assert.Equal(new RecoveryResult(false, 0, true), await Store.RecoverAsync(0));
        Assert.Equal(2, (await Store.MarkAsync(epoch, lease.All())).Late);
        await Store.OpenProcessAsync();
    }
}
