using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>Epochs: monotone numbers, tokens that identify, one shared epoch at a time.</summary>
public abstract partial class EpochContract<THarness> : StoreSuite<THarness>
    where THarness : StoreHarness, new()
{
    [Fact]
    public async Task A_process_epoch_is_open_at_once()
    {
        var token = Guid.NewGuid();
        Epoch? epoch = await Store.OpenEpochAsync(new EpochRequest(EpochKind.Process, token, "host/7"), Token);
        Assert.Equal(
            new Epoch(1, token, EpochKind.Process, "host/7", CodeConsistency.Journaled, EpochState.Open, 0), epoch);
        Assert.Equal(epoch, Assert.Single(await Store.GetEpochsAsync(Token)));
    }

    [Fact]
    public async Task The_consistency_is_the_pool_s()
    {
        CodeStore confirmed = await OpenConfirmedAsync();
        Assert.Equal(CodeConsistency.Confirmed, (await confirmed.OpenProcessAsync()).Consistency);
        Assert.Equal(CodeConsistency.Confirmed, (await confirmed.OpenSharedAsync()).Consistency);
    }

    [Fact]
    public async Task Numbers_rise_by_one_over_both_kinds()
    {
        Assert.Equal(1, (await Store.OpenProcessAsync()).Number);
        Assert.Equal(2, (await Store.OpenSharedAsync()).Number);
        CodeStore other = await OpenStoreAsync();
        Assert.Equal(3, (await other.OpenProcessAsync()).Number);
        Assert.Equal(1, (await (await OpenConfirmedAsync()).OpenProcessAsync()).Number);
    }

    [Fact]
    public async Task A_shared_epoch_is_opening_until_it_is_activated_once()
    {
        await Store.FillAsync(1);
        Epoch epoch = Assert.IsType<Epoch>(await Store.RotateAsync());
        Assert.Equal(EpochState.Opening, epoch.State);
        Assert.Equal(LeaseOutcome.EpochClosed, (await Store.TryLeaseAsync(epoch, 1)).Outcome);

        Assert.True(await Store.ActivateEpochAsync(epoch, Token));
        Assert.False(await Store.ActivateEpochAsync(epoch, Token));
        Assert.Equal([epoch with { State = EpochState.Open }], await Store.GetEpochsAsync(Token));
        await Store.LeaseAsync(epoch, 1);
    }

    [Fact]
    public async Task Closing_twice_changes_nothing()
    {
        await Store.FillAsync(1);
        Epoch epoch = await Store.OpenProcessAsync();
        await Store.LeaseAsync(epoch, 1);
        Assert.True(await Store.CloseAsync(epoch, EpochCloseReason.Operator));
        Assert.False(await Store.CloseAsync(epoch, EpochCloseReason.Stale));
        await Store.SettleClosedAsync(epoch);
        Assert.Equal([EpochCloseReason.Operator], (await Store.AssertExactAsync()).Burned.Where(burned => burned.Value > 0).Select(burned => burned.Key));
    }

    [Fact]
    public async Task A_number_without_its_token_is_nobody()
    {
        await Store.FillAsync(1);
        Epoch opening = Assert.IsType<Epoch>(await Store.RotateAsync());
        Epoch open = await Store.OpenProcessAsync();
        foreach (Epoch epoch in new[] { opening, open })
        {
            Epoch forged = epoch with { Token = Guid.NewGuid() };
            Assert.False(await Store.ActivateEpochAsync(forged, Token));
            Assert.False(await Store.BeatAsync(forged, Token));
            Assert.False(await Store.CloseAsync(forged));
            Assert.Equal(LeaseOutcome.EpochClosed, (await Store.TryLeaseAsync(forged, 1)).Outcome);
            Assert.False(await Store.BeatAsync(epoch with { Number = 77 }, Token));
        }

        Assert.Equal([opening, open], await Store.GetEpochsAsync(Token));
    }

    [Fact]
    public async Task Beats_are_counted_while_the_epoch_is_open()
    {
        Epoch epoch = await Store.OpenProcessAsync();
        Assert.True(await Store.BeatAsync(epoch, Token));
        Assert.True(await Store.BeatAsync(epoch, Token));
        Assert.Equal(2, Assert.Single(await Store.GetEpochsAsync(Token)).Beats);
        await Store.CloseAsync(epoch);
        Assert.False(await Store.BeatAsync(epoch, Token));
    }

    [Fact]
    public async Task Closed_epochs_matter_while_they_have_open_leases()
    {
        await Store.FillAsync(4);
        Epoch[] epochs = [await Store.OpenProcessAsync(), await Store.OpenProcessAsync(), await Store.OpenProcessAsync()];
        await Store.LeaseAsync(epochs[0], 2);
        await Store.CloseAsync(epochs[0]);
        await Store.CloseAsync(epochs[1]);
        Assert.Equal([1L, 3], (await Store.GetEpochsAsync(Token)).Select(epoch => epoch.Number));

        await Store.SettleClosedAsync(epochs[0]);
        Assert.Equal([3L], (await Store.GetEpochsAsync(Token)).Select(epoch => epoch.Number));
    }

    [Theory]
    [InlineData(EpochKind.Process)]
    [InlineData(EpochKind.Redis)]
    public async Task A_number_that_somebody_remembers_is_not_given_again(EpochKind kind)
    {
        Epoch shared = await Store.OpenSharedAsync();
        var request = new EpochRequest(kind, Guid.NewGuid(), "x", HighestKnownEpoch: shared.Number + 1, Replaces: shared.Number);
        await StoreAsserts.AssertRewoundAsync(async () => await Store.OpenEpochAsync(request, Token), shared.Number + 1);
        Assert.Equal([shared with { State = EpochState.Open }], await Store.GetEpochsAsync(Token));

        Epoch? next = await Store.OpenEpochAsync(request with { HighestKnownEpoch = shared.Number }, Token);
        Assert.Equal(shared.Number + 1, next?.Number);
    }
}
