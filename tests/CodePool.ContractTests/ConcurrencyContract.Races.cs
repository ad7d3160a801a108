using System.Collections.Concurrent;
using CodePool.Providers;

namespace CodePool.ContractTests;

/// <content>Steps that race for one thing: one wins, and it is counted once.</content>
public abstract partial class ConcurrencyContract<THarness>
{
    [Fact]
    public async Task Of_two_claims_on_a_code_one_wins()
    {
        CodeStore store = await OpenConfirmedAsync();
        await store.FillAsync(Rounds * 4);
        Epoch epoch = await store.OpenProcessAsync();
        LeasedCode[] codes = (await store.LeaseAsync(epoch, Rounds * 4)).All();
        var won = new ConcurrentBag<int>();
        await RunAsync(OpenConfirmedAsync, async (mine, worker) =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                int from = round * 4;
                foreach (int index in await mine.ConfirmAsync(epoch, [.. codes.Skip(from).Take(4)]))
                    won.Add(from + index);
            }
        });

        Assert.Equal(Enumerable.Range(0, codes.Length), won.Order());
        await store.AssertLevelsAsync(used: codes.Length);
    }

    [Fact]
    public async Task Fillers_stop_at_the_target()
    {
        await RunAsync(OpenStoreAsync, async (store, worker) =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                // Half of what one draws, another draws too: the unique constraint is what decides.
                int from = (worker / 2 * 1000) + (round * 10);
                await store.FillAsync(new FillRequest(100, 10, count => TestCodes.Range(from, count)), Token);
            }
        });
        await Store.AssertLevelsAsync(available: 100);
        (await Store.LeaseRunsAsync(await Store.OpenProcessAsync(), 100)).AssertNumbersFrom(1, 100);
    }

    [Fact]
    public async Task One_of_many_rotates_and_one_of_many_settles()
    {
        await Store.FillAsync(20);
        Epoch epoch = await Store.OpenSharedAsync();
        await Store.LeaseAsync(epoch, 10);
        var won = new ConcurrentBag<Epoch>();
        var settled = new ConcurrentBag<SettleResult>();
        await RunAsync(OpenStoreAsync, async (store, worker) =>
        {
            if (await store.RotateAsync(epoch.Number) is { } next)
                won.Add(next);
            settled.Add(await store.SettleClosedAsync(epoch));
        });
        Assert.Single(won);
        Assert.Equal((1, 10), (settled.Sum(result => result.Settled), settled.Sum(result => result.Unconfirmed)));
        await Store.AssertLevelsAsync(available: 10, unconfirmed: 10);
    }

    [Fact]
    public async Task Marks_that_race_settling_are_counted_once()
    {
        await Store.FillAsync(Rounds * 6);
        var marked = new ConcurrentBag<MarkResult>();
        IReadOnlyList<CodeStore> stores = await OpenManyAsync(OpenStoreAsync);
        for (int round = 0; round < Rounds; round++)
        {
            Epoch epoch = await Store.OpenProcessAsync();
            Lease lease = await Store.LeaseAsync(epoch, 6);
            await RunAsync(stores, async (store, worker) =>
            {
                if (worker == 0)
                    await store.SettleAsync(epoch, lease);
                else
                    marked.Add(await store.MarkAsync(epoch, lease.At(0, 2, 5, worker)));
            });
        }

        StoreLevels levels = await Store.AssertExactAsync();
        Assert.Equal(0, levels.Leased);
        Assert.Equal(levels.Used, marked.Sum(result => result.Marked));
        Assert.Equal(levels.Burned[EpochCloseReason.Stopped] - levels.Unconfirmed, marked.Sum(result => result.Late));
    }
}
