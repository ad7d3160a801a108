using System.Collections.Concurrent;
using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>Many processes at once: no number in two hands, every sum exact, no deadlock.</summary>
public abstract partial class ConcurrencyContract<THarness> : StoreSuite<THarness>
    where THarness : StoreHarness, new()
{
    private const int Workers = 4;
    private const int Rounds = 15;

    [Fact]
    public async Task Journaled_processes_never_hold_or_take_the_same_code()
    {
        var held = new ConcurrentDictionary<long, int>();
        var taken = new ConcurrentDictionary<string, int>();
        await Store.FillAsync(40);
        await RunAsync(OpenStoreAsync, async (store, worker) =>
        {
            Epoch epoch = await store.OpenProcessAsync();
            for (int round = 0; round < Rounds; round++)
            {
                await RefillAsync(store);
                foreach (Lease lease in (await store.TryLeaseAsync(epoch, 7)).Leases)
                    await TakeAndSettleAsync(store, epoch, lease, worker, held, taken);
            }
        });

        StoreLevels levels = await Store.AssertExactAsync();
        Assert.Equal((0, taken.Count), (levels.Leased, levels.Used));
        Assert.InRange(taken.Count, Rounds, long.MaxValue);
    }

    [Fact]
    public async Task Confirmed_processes_never_hand_out_the_same_code_though_settling_races_them()
    {
        var taken = new ConcurrentDictionary<string, int>();
        CodeStore store = await OpenConfirmedAsync();
        await store.FillAsync(60);
        await RunAsync(OpenConfirmedAsync, async (mine, worker) =>
        {
            CodeStore settler = await OpenConfirmedAsync();
            Epoch epoch = await mine.OpenProcessAsync();
            for (int round = 0; round < Rounds; round++)
            {
                foreach (Lease lease in (await mine.TryLeaseAsync(epoch, 5)).Leases)
                    await ConfirmWhileSettlingAsync(mine, settler, epoch, lease, taken);
            }
        });

        StoreLevels levels = await store.AssertExactAsync();
        Assert.Equal((0, 0, taken.Count), (levels.Leased, levels.Unconfirmed, levels.Used));
    }

    [Fact]
    public async Task A_recovery_in_the_midst_leaves_an_exact_sum()
    {
        await Store.FillAsync(60);
        Epoch epoch = await Store.OpenProcessAsync();
        var performed = new ConcurrentBag<bool>();
        await RunAsync(OpenStoreAsync, async (store, worker) =>
        {
            for (int round = 0; round < Rounds; round++)
            {
                if (round == Rounds / 3)
                    performed.Add((await store.RecoverAsync(epoch.Number)).Performed);
                await WorkUnlessRecoveringAsync(store, epoch);
            }
        });

        // More than one may have joined in before it ended: its steps may be repeated.
        Assert.Contains(true, performed);
        Assert.False((await Store.RecoverAsync(epoch.Number)).Performed);
        StoreLevels levels = await Store.AssertExactAsync();
        Assert.Equal((0, 0), (levels.Available, levels.Leased));
    }

    private static async Task TakeAndSettleAsync(
        CodeStore store, Epoch epoch, Lease lease, int worker, ConcurrentDictionary<long, int> held, ConcurrentDictionary<string, int> taken)
    {
        Assert.All(lease.All(), code => Assert.True(held.TryAdd(code.Number, worker), "A number is in two open leases."));
        int count = Math.Min(lease.Codes.Count, 1 + worker);
        Assert.All(lease.Take(count), code => Assert.True(taken.TryAdd(code.Code, worker), "A code was taken twice."));
        await store.MarkAsync(epoch, lease.Take(count));

        // Let go before settling: once that commits, they may be another's.
        Assert.All(lease.All(), code => Assert.True(held.TryRemove(code.Number, out _)));
        SettleResult result = await store.SettleAsync(epoch, lease, lease.First + count);
        Assert.Equal(new SettleResult(1, lease.Codes.Count - count, 0), result);
    }

    private static async Task ConfirmWhileSettlingAsync(
        CodeStore mine, CodeStore settler, Epoch epoch, Lease lease, ConcurrentDictionary<string, int> taken)
    {
        Task<SettleResult> settling = Task.Run(() => settler.SettleAsync(epoch, lease));
        IReadOnlyList<int> confirmed = await mine.ConfirmAsync(epoch, lease.Take(Math.Min(2, lease.Codes.Count)));
        SettleResult settled = await settling;
        Assert.All(confirmed, index => Assert.True(taken.TryAdd(lease.Codes[index], 0), "A code was handed out twice."));
        Assert.Equal(lease.Codes.Count - confirmed.Count, settled.Returned);
    }

    private static async Task RefillAsync(CodeStore store)
    {
        await store.FillAsync(
            new FillRequest(40, 30, count => [.. Enumerable.Range(0, count).Select(_ => Guid.NewGuid().ToString("N"))]), Token);
    }

    private static async Task WorkUnlessRecoveringAsync(CodeStore store, Epoch epoch)
    {
        try
        {
            foreach (Lease lease in (await store.TryLeaseAsync(epoch, 2)).Leases)
            {
                await store.MarkAsync(epoch, lease.Take(1));
                await store.SettleAsync(epoch, lease, lease.Last);
            }
        }
        catch (StoreRewoundException)
        {
            // Between the steps of a recovery everything refuses.
        }
    }

    private static async Task RunAsync(Func<Task<CodeStore>> open, Func<CodeStore, int, Task> work) =>
        await RunAsync(await OpenManyAsync(open), work);

    /// <summary>Runs work in every process, all at once.</summary>
    private static Task RunAsync(IReadOnlyList<CodeStore> stores, Func<CodeStore, int, Task> work) =>
        Task.WhenAll(stores.Select((store, worker) => Task.Run(() => work(store, worker), Token)));

    private static async Task<IReadOnlyList<CodeStore>> OpenManyAsync(Func<Task<CodeStore>> open)
    {
        var stores = new List<CodeStore>();
        while (stores.Count < Workers)
            stores.Add(await open());
        return stores;
    }
}
