using CodePool.Providers;

namespace CodePool.ContractTests;

/// <content>One shared epoch at a time.</content>
public abstract partial class EpochContract<THarness>
{
    [Fact]
    public async Task Only_the_current_shared_epoch_can_be_replaced()
    {
        Epoch first = await Store.OpenSharedAsync();
        Assert.Null(await Store.RotateAsync(replaces: 0));
        Assert.Null(await Store.RotateAsync(replaces: first.Number + 1));

        Epoch second = await Store.OpenSharedAsync(replaces: first.Number);
        Assert.Null(await Store.RotateAsync(replaces: first.Number));
        Assert.False(await Store.BeatAsync(first, Token));
        Assert.Equal([second.Number], (await Store.GetEpochsAsync(Token)).Select(epoch => epoch.Number));
    }

    [Fact]
    public async Task Replacing_closes_with_its_own_reason_and_leaves_the_leases_to_be_settled()
    {
        await Store.FillAsync(4);
        Epoch first = await Store.OpenSharedAsync();
        await Store.LeaseAsync(first, 3);
        Epoch second = Assert.IsType<Epoch>(await Store.RotateAsync(first.Number));

        Assert.Equal(
            [(first.Number, EpochState.Closed), (second.Number, EpochState.Opening)],
            (await Store.GetEpochsAsync(Token)).Select(epoch => (epoch.Number, epoch.State)));
        await Store.AssertLevelsAsync(available: 1, leased: 3);
        await Store.SettleClosedAsync(first);
        Assert.Equal(3, (await Store.AssertLevelsAsync(available: 1, unconfirmed: 3)).Burned[EpochCloseReason.Replaced]);
        Assert.Equal([second.Number], (await Store.GetEpochsAsync(Token)).Select(epoch => epoch.Number));
    }

    [Fact]
    public async Task An_opening_epoch_that_was_replaced_is_never_opened()
    {
        Epoch lost = Assert.IsType<Epoch>(await Store.RotateAsync());
        Epoch next = await Store.OpenSharedAsync(replaces: lost.Number);
        Assert.False(await Store.ActivateEpochAsync(lost, Token));
        Assert.Equal([next.Number], (await Store.GetEpochsAsync(Token)).Select(epoch => epoch.Number));
    }

    [Fact]
    public async Task Who_replaces_an_opening_epoch_does_not_replace_it_when_it_is_open()
    {
        Epoch slow = Assert.IsType<Epoch>(await Store.RotateAsync());
        Epoch next = Assert.IsType<Epoch>(await Store.RotateAsync(slow.Number, onlyOpening: true));
        Assert.True(await Store.ActivateEpochAsync(next, Token));

        Assert.Null(await Store.RotateAsync(next.Number, onlyOpening: true));
        Assert.True(await Store.BeatAsync(next, Token));
        Assert.Equal([(next.Number, EpochState.Open)], (await Store.GetEpochsAsync(Token)).Select(epoch => (epoch.Number, epoch.State)));
        Assert.NotNull(await Store.RotateAsync(next.Number));
    }

    [Fact]
    public async Task Closing_the_shared_epoch_leaves_no_current_one()
    {
        Epoch process = await Store.OpenProcessAsync();
        Epoch shared = await Store.OpenSharedAsync();
        Assert.True(await Store.CloseAsync(process));
        Assert.Null(await Store.RotateAsync(replaces: 0));

        Assert.True(await Store.CloseAsync(shared, EpochCloseReason.Operator));
        Assert.Null(await Store.RotateAsync(replaces: shared.Number));
        await Store.OpenSharedAsync(replaces: 0);
    }
}
