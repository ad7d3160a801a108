using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>Lease: exact ranges, returned runs first, found again by operation, never on the word of a rewound database.</summary>
public abstract partial class LeaseContract<THarness> : StoreSuite<THarness>
    where THarness : StoreHarness, new()
{
    [Fact]
    public async Task Leases_follow_each_other_and_bring_their_codes()
    {
        await Store.FillAsync(10);
        Epoch epoch = await Store.OpenProcessAsync();
        LeaseResult first = await Store.TryLeaseAsync(epoch, 4);
        Lease lease = Assert.Single(first.Leases);
        Assert.Equal((LeaseOutcome.Leased, 6, 1, 1, 4), (first.Outcome, first.Available, lease.Number, lease.First, lease.Last));
        Assert.Equal(TestCodes.Range(1, 4), lease.Codes);

        Lease next = await Store.LeaseAsync(await Store.OpenProcessAsync(), 3);
        Assert.Equal((2, 5), (next.Number, next.First));
        Assert.Equal(TestCodes.Range(5, 3), next.Codes);
        await Store.AssertLevelsAsync(available: 3, leased: 7);
    }

    [Fact]
    public async Task What_is_left_is_leased_and_then_there_is_none()
    {
        await Store.FillAsync(3);
        Epoch epoch = await Store.OpenProcessAsync();
        LeaseResult partly = await Store.TryLeaseAsync(epoch, 5);
        Assert.Equal((LeaseOutcome.Leased, 0), (partly.Outcome, partly.Available));
        partly.Leases.AssertNumbers(1, 2, 3);

        LeaseResult none = await Store.TryLeaseAsync(epoch, 5);
        Assert.Equal((LeaseOutcome.Empty, 0), (none.Outcome, none.Available));
        Assert.Empty(none.Leases);
        await Store.FillAsync(1);
        Assert.Equal(4, (await Store.LeaseAsync(epoch, 1)).First);
    }

    [Fact]
    public async Task A_large_lease_is_one_run()
    {
        await Store.FillAsync(3000);
        Lease lease = await Store.LeaseAsync(await Store.OpenProcessAsync(), 2999);
        Assert.Equal(TestCodes.Range(1, 2999), lease.Codes);
        await Store.AssertLevelsAsync(available: 1, leased: 2999);
    }

    [Fact]
    public async Task Returned_runs_come_first_lowest_first_cut_exactly_then_the_cursor()
    {
        await FreeEverySecondAsync(6);
        Epoch epoch = await Store.OpenProcessAsync();
        (await Store.LeaseRunsAsync(epoch, 2)).AssertNumbers(2, 4);
        IReadOnlyList<Lease> mixed = await Store.LeaseRunsAsync(epoch, 3);
        mixed.AssertNumbers(6, 7, 8);
        Assert.Equal(TestCodes.Range(6, 3), mixed.SelectMany(lease => lease.Codes));
        await Store.AssertLevelsAsync(available: 2, leased: 5, used: 3);
    }

    [Fact]
    public async Task A_returned_run_is_cut_where_the_lease_ends()
    {
        await Store.FillAsync(10);
        Epoch epoch = await Store.OpenProcessAsync();
        Lease lease = await Store.LeaseAsync(epoch, 6);
        await Store.SettleAsync(epoch, lease, unseenFrom: 2);

        (await Store.LeaseRunsAsync(epoch, 2)).AssertNumbers(2, 3);
        await Store.AssertLevelsAsync(available: 7, leased: 2, unconfirmed: 1);
        (await Store.LeaseRunsAsync(epoch, 4)).AssertNumbers(4, 5, 6, 7);
        (await Store.LeaseRunsAsync(epoch, 3)).AssertNumbers(8, 9, 10);
        await Store.AssertLevelsAsync(leased: 9, unconfirmed: 1);
    }

    [Fact]
    public async Task Each_run_has_a_lease_number_of_its_own_that_is_never_given_again()
    {
        await FreeEverySecondAsync(6);
        Epoch epoch = await Store.OpenProcessAsync();
        IReadOnlyList<Lease> leases = await Store.LeaseRunsAsync(epoch, 3);
        Assert.Equal([2L, 3, 4], leases.Select(lease => lease.Number));
        foreach (Lease lease in leases)
            await Store.SettleAsync(epoch, lease, unseenFrom: 0);
        Assert.Equal([5L, 6, 7], (await Store.LeaseRunsAsync(epoch, 3)).Select(lease => lease.Number));
        Assert.Equal(8, (await Store.LeaseAsync(epoch, 1)).Number);
    }

    [Fact]
    public async Task A_lease_number_that_somebody_remembers_is_not_given_again()
    {
        await Store.FillAsync(4);
        Epoch epoch = await Store.OpenProcessAsync();
        Lease lease = await Store.LeaseAsync(epoch, 1);
        await StoreAsserts.AssertRewoundAsync(
            async () => await Store.TryLeaseAsync(epoch, 1, highestKnown: lease.Number + 1), epoch.Number);
        await Store.AssertLevelsAsync(available: 3, leased: 1);

        LeaseResult next = await Store.TryLeaseAsync(epoch, 1, highestKnown: lease.Number);
        Assert.Equal(lease.Number + 1, Assert.Single(next.Leases).Number);
    }

    [Fact]
    public async Task Only_an_open_epoch_leases()
    {
        await Store.FillAsync(4);
        Epoch closed = await Store.OpenProcessAsync();
        await Store.CloseAsync(closed);
        Epoch unknown = closed with { Number = 99, Token = Guid.NewGuid() };
        foreach (Epoch epoch in new[] { closed, unknown, Assert.IsType<Epoch>(await Store.RotateAsync()) })
        {
            LeaseResult result = await Store.TryLeaseAsync(epoch, 2);
            Assert.Equal(LeaseOutcome.EpochClosed, result.Outcome);
            Assert.Empty(result.Leases);
        }

        await Store.AssertLevelsAsync(available: 4);
    }

    [Theory]
    [InlineData(StoreDamage.UseCode)]
    [InlineData(StoreDamage.VoidCode)]
    [InlineData(StoreDamage.DeleteCode)]
    public async Task A_run_whose_codes_are_not_all_open_is_not_leased(StoreDamage damage)
    {
        await Store.FillAsync(6);
        await DamageAsync(damage, 3);
        Epoch epoch = await Store.OpenProcessAsync();
        var refusal = await Assert.ThrowsAsync<CodePoolConfigurationException>(async () => await Store.TryLeaseAsync(epoch, 4));
        Assert.DoesNotContain(TestCodes.Of(3), refusal.ToString(), StringComparison.Ordinal);
        StoreLevels levels = await Store.GetLevelsAsync(Token);
        Assert.Equal((6, 0), (levels.Available, levels.Leased));
        new[] { await Store.LeaseAsync(epoch, 2) }.AssertNumbers(1, 2);
    }

    /// <summary>Leaves 10 codes of which the even numbers up to a bound are returned, the odd ones Used, under lease 1.</summary>
    private async Task FreeEverySecondAsync(int count)
    {
        await Store.FillAsync(10);
        Epoch epoch = await Store.OpenProcessAsync();
        Lease lease = await Store.LeaseAsync(epoch, count);
        await Store.MarkAsync(epoch, lease.At([.. Enumerable.Range(0, count).Where(place => place % 2 == 0)]));
        await Store.SettleAsync(epoch, lease, unseenFrom: 0);
    }
}
