using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>Settle: once, exactly, and returned is only what nobody can have seen.</summary>
public abstract partial class SettleContract<THarness> : StoreSuite<THarness>
    where THarness : StoreHarness, new()
{
    [Fact]
    public async Task A_journaled_lease_becomes_unconfirmed()
    {
        (Epoch epoch, Lease lease) = await LeaseAsync(Store, 6);
        await Store.MarkAsync(epoch, lease.At(1, 4));
        Assert.Equal(new SettleResult(1, 0, 4), await Store.SettleAsync(epoch, lease));
        StoreLevels levels = await Store.AssertLevelsAsync(available: 4, used: 2, unconfirmed: 4);
        Assert.Equal(4, levels.Burned[EpochCloseReason.Stopped]);
        Assert.Equal(CodeState.Unconfirmed, await Store.StateAsync(1));
        Assert.Equal(CodeState.Used, await Store.StateAsync(2));
    }

    [Fact]
    public async Task A_lease_is_settled_once()
    {
        (Epoch epoch, Lease lease) = await LeaseAsync(Store, 6);
        Assert.Equal(new SettleResult(1, 4, 2), await Store.SettleAsync(epoch, lease, unseenFrom: 3));
        Assert.Equal(default, await Store.SettleAsync(epoch, lease, unseenFrom: 0));
        Assert.Equal(default, await (await OpenStoreAsync()).SettleAsync(epoch, lease));
        StoreLevels levels = await Store.AssertLevelsAsync(available: 8, unconfirmed: 2);
        Assert.Equal(2, levels.Burned[EpochCloseReason.Stopped]);
    }

    [Fact]
    public async Task A_second_settle_does_nothing_after_the_range_was_leased_again()
    {
        // A stop that was retried after its range had been leased again returned it twice.
        (Epoch epoch, Lease lease) = await LeaseAsync(Store, 6);
        await Store.SettleAsync(epoch, lease, unseenFrom: 1);
        Epoch next = await Store.OpenProcessAsync();
        IReadOnlyList<Lease> again = await Store.LeaseRunsAsync(next, 6);
        again.AssertNumbers(1, 2, 3, 4, 5, 6);

        Assert.Equal(default, await Store.SettleAsync(epoch, lease, unseenFrom: 1));
        await Store.CloseAsync(epoch);
        Assert.Equal(default, await Store.SettleClosedAsync(epoch));
        await Store.AssertLevelsAsync(available: 4, leased: 6);
        await Store.MarkAsync(next, again.All());
        await Store.AssertLevelsAsync(available: 4, used: 6);
    }

    [Fact]
    public async Task What_the_owner_never_showed_is_returned_and_cut_exactly()
    {
        (Epoch epoch, Lease lease) = await LeaseAsync(Store, 8);
        await Store.MarkAsync(epoch, lease.At(0, 2, 5));
        Assert.Equal(new SettleResult(1, 3, 2), await Store.SettleAsync(epoch, lease, unseenFrom: 5));

        // 1 used, 2 unconfirmed, 3 used, 4 unconfirmed, 5 returned, 6 used, 7 and 8 returned.
        await Store.AssertLevelsAsync(available: 5, used: 3, unconfirmed: 2);
        (await Store.LeaseRunsAsync(await Store.OpenProcessAsync(), 5)).AssertNumbers(5, 7, 8, 9, 10);
        Assert.Equal(CodeState.Unconfirmed, await Store.StateAsync(4));
    }

    [Theory]
    [InlineData(0, 6)]
    [InlineData(1, 6)]
    [InlineData(6, 1)]
    [InlineData(7, 0)]
    [InlineData(long.MaxValue, 0)]
    public async Task The_cut_may_lie_at_either_end(long unseenFrom, long returned)
    {
        (Epoch epoch, Lease lease) = await LeaseAsync(Store, 6);
        Assert.Equal(new SettleResult(1, returned, 6 - returned), await Store.SettleAsync(epoch, lease, unseenFrom));
        await Store.AssertLevelsAsync(available: 4 + returned, unconfirmed: 6 - returned);
    }

    [Fact]
    public async Task A_lease_all_used_leaves_nothing_behind()
    {
        (Epoch epoch, Lease lease) = await LeaseAsync(Store, 6);
        await Store.MarkAsync(epoch, lease.All());
        await Store.CloseAsync(epoch);
        Assert.Equal(new SettleResult(1, 0, 0), await Store.SettleClosedAsync(epoch));
        StoreLevels levels = await Store.AssertLevelsAsync(available: 4, used: 6);
        Assert.Equal(0, levels.Burned.Values.Sum());
        Assert.Empty(await Store.GetEpochsAsync(Token));
    }

    [Fact]
    public async Task A_confirmed_lease_is_returned_wholly()
    {
        CodeStore store = await OpenConfirmedAsync();
        (Epoch epoch, Lease lease) = await LeaseAsync(store, 6);
        await store.ConfirmAsync(epoch, lease.At(1));
        Assert.Equal(new SettleResult(1, 5, 0), await store.SettleAsync(epoch, lease));
        StoreLevels levels = await store.AssertLevelsAsync(available: 9, used: 1);
        Assert.Equal(0, levels.Burned.Values.Sum());
        (await store.LeaseRunsAsync(await store.OpenProcessAsync(), 6)).AssertNumbers(1, 3, 4, 5, 6, 7);
    }

    [Fact]
    public async Task A_closed_confirmed_epoch_returns_everything()
    {
        CodeStore store = await OpenConfirmedAsync();
        (Epoch epoch, Lease lease) = await LeaseAsync(store, 6);
        await store.ConfirmAsync(epoch, lease.Take(2));
        await store.CloseAsync(epoch);
        Assert.Equal(new SettleResult(1, 4, 0), await store.SettleClosedAsync(epoch));
        await store.AssertLevelsAsync(available: 8, used: 2);
    }

    [Fact]
    public async Task Many_leases_are_settled_in_one_call_each_at_its_own_cut()
    {
        (Epoch epoch, Lease first) = await LeaseAsync(Store, 4);
        Lease second = await Store.LeaseAsync(epoch, 4);
        SettleResult result = await Store.SettleAsync(
            epoch, [new(second.Number, 6), new(99), new(first.Number), new(second.Number, 0)], Token);
        Assert.Equal(new SettleResult(2, 3, 5), result);
        await Store.AssertLevelsAsync(available: 5, unconfirmed: 5);
        (await Store.LeaseRunsAsync(epoch, 4)).AssertNumbers(6, 7, 8, 9);
    }

    [Fact]
    public async Task Void_codes_of_a_lease_stay_void()
    {
        (Epoch epoch, Lease lease) = await LeaseAsync(Store, 4);
        await DamageAsync(StoreDamage.VoidCode, 2);
        await Store.AssertLevelsAsync(available: 6, leased: 3, @void: 1);
        Assert.Equal(new SettleResult(1, 2, 1), await Store.SettleAsync(epoch, lease, unseenFrom: 2));
        await Store.AssertLevelsAsync(available: 8, unconfirmed: 1, @void: 1);
        (await Store.LeaseRunsAsync(epoch, 3)).AssertNumbers(3, 4, 5);
    }

    private static async Task<(Epoch Epoch, Lease Lease)> LeaseAsync(CodeStore store, int count)
    {
        await store.FillAsync(10);
        Epoch epoch = await store.OpenProcessAsync();
        return (epoch, await store.LeaseAsync(epoch, count));
    }
}
