using CodePool.Providers;

namespace CodePool.ContractTests;

/// <content>Whose leases are settled, by whom, and on whose word.</content>
public abstract partial class SettleContract<THarness>
{
    [Fact]
    public async Task The_record_says_what_is_confirmed_not_the_caller()
    {
        (Epoch epoch, Lease lease) = await LeaseAsync(Store, 3);
        await Store.SettleAsync(epoch with { Consistency = CodeConsistency.Confirmed }, lease);
        await Store.LeaseAsync(epoch, 3);
        await Store.CloseAsync(epoch);
        await Store.SettleClosedAsync(epoch with { Consistency = CodeConsistency.Confirmed, State = EpochState.Open });
        await Store.AssertLevelsAsync(available: 4, unconfirmed: 6);
    }

    [Fact]
    public async Task Anyone_settles_a_closed_epoch_and_nobody_an_open_one()
    {
        (Epoch epoch, _) = await LeaseAsync(Store, 3);
        await Store.LeaseAsync(epoch, 2);
        Epoch other = await Store.OpenProcessAsync();
        await Store.LeaseAsync(other, 1);
        CodeStore anyone = await OpenStoreAsync();
        Assert.Equal(default, await anyone.SettleClosedAsync(epoch));
        Assert.Equal(default, await anyone.SettleClosedAsync(epoch with { State = EpochState.Closed }));

        await Store.CloseAsync(epoch);
        Assert.Equal(default, await anyone.SettleClosedAsync(epoch with { Token = Guid.NewGuid() }));
        Assert.Equal(new SettleResult(2, 0, 5), await anyone.SettleClosedAsync(epoch));
        Assert.Equal(default, await anyone.SettleClosedAsync(epoch));
        StoreLevels levels = await Store.AssertLevelsAsync(available: 4, leased: 1, unconfirmed: 5);
        Assert.Equal(5, levels.Burned[EpochCloseReason.Stale]);
    }

    [Fact]
    public async Task The_owner_of_a_closed_epoch_still_settles_under_its_close_reason()
    {
        (Epoch epoch, Lease lease) = await LeaseAsync(Store, 4);
        await Store.CloseAsync(epoch, EpochCloseReason.Operator);
        await Store.SettleAsync(epoch, lease);
        StoreLevels levels = await Store.AssertLevelsAsync(available: 6, unconfirmed: 4);
        Assert.Equal(4, levels.Burned[EpochCloseReason.Operator]);
    }

    [Fact]
    public async Task Leases_that_are_not_the_epoch_s_are_left_alone()
    {
        (Epoch epoch, Lease lease) = await LeaseAsync(Store, 4);
        Epoch other = await Store.OpenProcessAsync();
        Assert.Equal(default, await Store.SettleAsync(other, lease, 0));
        Assert.Equal(default, await Store.SettleAsync(epoch with { Token = Guid.NewGuid() }, lease, 0));
        Assert.Equal(default, await Store.SettleAsync(epoch, [new LeaseSettlement(99, 0)], Token));
        Assert.Equal(default, await Store.SettleAsync(epoch, [], Token));
        await Store.AssertLevelsAsync(available: 6, leased: 4);
    }
}
