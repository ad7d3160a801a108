using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>Adopt: a code that was handed out becomes Used, wherever the store thinks it is.</summary>
public abstract class AdoptContract<THarness> : StoreSuite<THarness>
    where THarness : StoreHarness, new()
{
    [Fact]
    public async Task A_leased_code_becomes_used_in_its_lease()
    {
        (Epoch epoch, Lease lease) = await LeaseAsync();
        Harness.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, await Store.AdoptAsync(TestCodes.Of(2)));
        await Store.AssertLevelsAsync(available: 6, leased: 3, used: 1);
        Assert.Equal(Harness.Time.GetUtcNow(), (await Store.FindAsync(TestCodes.Of(2), Token))?.UpdatedAt);
        Assert.Equal(new SettleResult(1, 0, 3), await Store.SettleAsync(epoch, lease));
        await Store.AssertLevelsAsync(available: 6, used: 1, unconfirmed: 3);
    }

    [Fact]
    public async Task An_unconfirmed_code_becomes_used()
    {
        (Epoch epoch, Lease lease) = await LeaseAsync();
        await Store.SettleAsync(epoch, lease);
        Assert.Equal(0, await Store.AdoptAsync(TestCodes.Of(2), TestCodes.Of(4)));
        await Store.AssertLevelsAsync(available: 6, used: 2, unconfirmed: 2);
        Assert.Equal(0, (await Store.MarkAsync(epoch, lease.At(1))).Marked);
        Assert.Equal(1, (await Store.MarkAsync(epoch, lease.At(2))).Late);
    }

    [Fact]
    public async Task A_recovered_code_becomes_used()
    {
        (Epoch epoch, _) = await LeaseAsync();
        await Store.RecoverAsync(epoch.Number);
        Assert.Equal(0, await Store.AdoptAsync(TestCodes.Of(1), TestCodes.Of(5), TestCodes.Of(10)));
        await Store.AssertLevelsAsync(used: 3, unconfirmed: 7);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_returned_code_is_cut_out_of_its_run(int number)
    {
        (Epoch epoch, Lease lease) = await LeaseAsync();
        await Store.SettleAsync(epoch, lease, unseenFrom: 1);
        Assert.Equal(0, await Store.AdoptAsync(TestCodes.Of(number)));
        await Store.AssertLevelsAsync(available: 9, used: 1);
        await AssertLeasableAsync([.. Enumerable.Range(1, 10).Where(other => other != number)]);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(10)]
    public async Task A_code_above_the_cursor_is_cut_out_of_the_rest(int number)
    {
        await LeaseAsync();
        Assert.Equal(0, await Store.AdoptAsync(TestCodes.Of(number)));
        await Store.AssertLevelsAsync(available: 5, leased: 4, used: 1);
        await AssertLeasableAsync([.. Enumerable.Range(5, 6).Where(other => other != number)]);
    }

    [Fact]
    public async Task A_returned_run_that_was_one_code_is_gone()
    {
        (Epoch epoch, Lease lease) = await LeaseAsync();
        await Store.SettleAsync(epoch, lease, unseenFrom: 4);
        await Store.AdoptAsync(TestCodes.Of(4));
        await Store.AssertLevelsAsync(available: 6, used: 1, unconfirmed: 3);
        await AssertLeasableAsync(5, 6, 7, 8, 9, 10);
    }

    [Fact]
    public async Task An_unknown_code_is_inserted_as_used_under_a_new_number()
    {
        await LeaseAsync();
        Assert.Equal(1, await Store.AdoptAsync("forgotten"));
        await Store.AssertLevelsAsync(available: 6, leased: 4, used: 1);
        CodeInfo info = Assert.IsType<CodeInfo>(await Store.FindAsync("forgotten", Token));
        Assert.Equal((CodeState.Used, Harness.Time.GetUtcNow()), (info.State, info.CreatedAt));

        // The next fill goes on behind it, without a gap; the codes it jumped over are still there.
        await Store.FillAsync("next");
        await AssertLeasableAsync(5, 6, 7, 8, 9, 10, 12);
    }

    [Fact]
    public async Task An_empty_pool_adopts()
    {
        Assert.Equal(2, await Store.AdoptAsync("B", "A"));
        await Store.AssertLevelsAsync(used: 2);
        await Store.FillAsync("C");
        await AssertLeasableAsync(3);
    }

    [Fact]
    public async Task Adopting_again_changes_nothing()
    {
        (Epoch epoch, Lease lease) = await LeaseAsync();
        await Store.MarkAsync(epoch, lease.Take(1));
        Assert.Equal(1, await Store.AdoptAsync("X", TestCodes.Of(1), TestCodes.Of(7), "X", TestCodes.Of(7)));
        Assert.Equal(0, await (await OpenStoreAsync()).AdoptAsync("X", TestCodes.Of(1), TestCodes.Of(7)));
        Assert.Equal(0, await Store.AdoptAsync());
        await Store.AssertLevelsAsync(available: 5, leased: 3, used: 3);
    }

    [Fact]
    public async Task One_batch_may_hold_every_kind()
    {
        (Epoch epoch, Lease lease) = await LeaseAsync();
        await Store.SettleAsync(epoch, lease, unseenFrom: 3);
        (await Store.LeaseRunsAsync(epoch, 1)).AssertNumbers(3);
        string[] known = [TestCodes.Of(9), TestCodes.Of(1), TestCodes.Of(3), TestCodes.Of(4)];
        Assert.Equal(2, await Store.AdoptAsync([known[0], "X", .. known[1..], "Y", "X"]));
        await Store.AssertLevelsAsync(available: 5, used: 6, unconfirmed: 1);
        await AssertLeasableAsync(5, 6, 7, 8, 10);
    }

    [Fact]
    public async Task Processes_that_adopt_the_same_insert_it_once()
    {
        await LeaseAsync();
        CodeStore[] stores = [Store, await OpenStoreAsync()];
        int[] inserted = await Task.WhenAll(stores.Select(store => Task.Run(() => store.AdoptAsync("X", "Y", TestCodes.Of(8)))));
        Assert.Equal(2, inserted.Sum());
        await Store.AssertLevelsAsync(available: 5, leased: 4, used: 3);
    }

    private async Task<(Epoch Epoch, Lease Lease)> LeaseAsync()
    {
        await Store.FillAsync(10);
        Epoch epoch = await Store.OpenProcessAsync();
        return (epoch, await Store.LeaseAsync(epoch, 4));
    }

    /// <summary>These are all the codes that can be leased, and in this order.</summary>
    private async Task AssertLeasableAsync(params int[] numbers)
    {
        LeaseResult result = await Store.TryLeaseAsync(await Store.OpenProcessAsync(), 100);
        result.Leases.AssertNumbers([.. numbers.Select(number => (long)number)]);
        await Store.AssertExactAsync();
    }
}
