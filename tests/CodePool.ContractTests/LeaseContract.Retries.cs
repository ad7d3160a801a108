using CodePool.Providers;

namespace CodePool.ContractTests;

/// <content>Repeated operations, and leases that a cache does not know.</content>
public abstract partial class LeaseContract<THarness>
{
    [Fact]
    public async Task A_repeated_operation_finds_the_lease_of_the_first_attempt()
    {
        await Store.FillAsync(10);
        Epoch epoch = await Store.OpenProcessAsync();
        var operation = Guid.NewGuid();
        Lease lease = Assert.Single((await Store.TryLeaseAsync(epoch, 4, operation)).Leases);

        CodeStore other = await OpenStoreAsync();
        foreach (CodeStore store in new[] { Store, other })
        {
            LeaseResult again = await store.TryLeaseAsync(epoch, 4, operation, highestKnown: lease.Number);
            Assert.Equal((LeaseOutcome.Leased, 6), (again.Outcome, again.Available));
            Lease found = Assert.Single(again.Leases);
            Assert.Equal((lease.Number, lease.First), (found.Number, found.First));
            Assert.Equal(lease.Codes, found.Codes);
        }

        await Store.AssertLevelsAsync(available: 6, leased: 4);
    }

    [Fact]
    public async Task A_repeated_operation_finds_all_its_runs()
    {
        await FreeEverySecondAsync(6);
        Epoch epoch = await Store.OpenProcessAsync();
        var operation = Guid.NewGuid();
        LeaseResult first = await Store.TryLeaseAsync(epoch, 3, operation);
        LeaseResult again = await Store.TryLeaseAsync(epoch, 3, operation);
        Assert.Equal(first.Leases.All(), again.Leases.All());
        again.Leases.AssertNumbers(2, 4, 6);
    }

    [Fact]
    public async Task An_operation_of_another_epoch_is_another_operation()
    {
        await Store.FillAsync(4);
        var operation = Guid.NewGuid();
        await Store.TryLeaseAsync(await Store.OpenProcessAsync(), 2, operation);
        LeaseResult other = await Store.TryLeaseAsync(await Store.OpenProcessAsync(), 2, operation);
        other.Leases.AssertNumbers(3, 4);
    }

    [Fact]
    public async Task A_repeated_operation_brings_no_code_that_was_popped_meanwhile()
    {
        // Another process may push the lease of an unknown commit, and its codes may be taken before the retry.
        await Store.FillAsync(8);
        Epoch epoch = await Store.OpenSharedAsync();
        var operation = Guid.NewGuid();
        Lease lease = Assert.Single((await Store.TryLeaseAsync(epoch, 4, operation)).Leases);
        await Store.MarkAsync(epoch, lease.Take(1));

        LeaseResult again = await Store.TryLeaseAsync(epoch, 4, operation);
        Assert.DoesNotContain(lease.First, again.Leases.Numbers());
        await Store.AssertLevelsAsync(available: 4, leased: 3, used: 1);
    }

    [Fact]
    public async Task Open_leases_are_those_of_the_epoch_that_nothing_was_popped_from()
    {
        await Store.FillAsync(12);
        Epoch epoch = await Store.OpenSharedAsync();
        Lease[] leases = [await Store.LeaseAsync(epoch, 2), await Store.LeaseAsync(epoch, 2), await Store.LeaseAsync(epoch, 2)];
        await Store.LeaseAsync(await Store.OpenProcessAsync(), 2);
        await Store.MarkAsync(epoch, leases[1].Take(1));
        CodeStore other = await OpenStoreAsync();
        Assert.Equal([leases[0].Number, leases[2].Number], (await other.GetOpenLeasesAsync(epoch, Token)).Select(lease => lease.Number));

        Assert.Equal(leases.Select(lease => lease.Number), await other.ListOpenLeasesAsync(epoch, Token));

        await Store.SettleAsync(epoch, leases[0]);
        Assert.Equal([leases[1].Number, leases[2].Number], await other.ListOpenLeasesAsync(epoch, Token));
        Lease left = Assert.Single(await other.GetOpenLeasesAsync(epoch, Token));
        Assert.Equal((leases[2].Number, leases[2].First), (left.Number, left.First));
        Assert.Equal(leases[2].Codes, left.Codes);
        Assert.Empty(await other.GetOpenLeasesAsync(epoch with { Token = Guid.NewGuid() }, Token));
    }
}
