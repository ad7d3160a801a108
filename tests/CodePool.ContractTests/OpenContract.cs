using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>Open: one record a pool, compared exactly with the options of whoever comes later.</summary>
public abstract class OpenContract<THarness> : StoreSuite<THarness>
    where THarness : StoreHarness, new()
{
    private static readonly PoolDefinition Definition = new("gift-cards", "ABC ####-####", CodeConsistency.Confirmed);

    [Fact]
    public async Task A_new_pool_is_empty()
    {
        PoolRecord record = await CreateStore(Definition.Name).OpenAsync(Definition, Token);
        Assert.NotEqual(Guid.Empty, record.Id);
        Assert.Equal((0, false), (record.Generated, record.Recovering));
    }

    [Fact]
    public async Task Everybody_finds_the_same_record()
    {
        PoolRecord first = await CreateStore(Definition.Name).OpenAsync(Definition, Token);
        CodeStore store = await OpenStoreAsync(Definition);
        await store.FillAsync(3);
        Assert.Equal(first with { Generated = 3 }, await CreateStore(Definition.Name).OpenAsync(Definition, Token));
        Assert.Equal(first with { Generated = 3 }, await store.OpenAsync(Definition, Token));
    }

    [Fact]
    public async Task Processes_that_start_at_once_make_one_record()
    {
        CodeStore[] stores = [.. Enumerable.Range(0, 4).Select(_ => CreateStore(Definition.Name))];
        PoolRecord[] records = await Task.WhenAll(stores.Select(store => Task.Run(async () => await store.OpenAsync(Definition, Token))));
        Assert.Single(records.Distinct());
    }

    [Fact]
    public async Task Another_format_is_refused()
    {
        await OpenStoreAsync(Definition);
        var refusal = await Assert.ThrowsAsync<CodePoolFormatMismatchException>(
            () => OpenStoreAsync(Definition with { Format = "abc ####-####" }));
        Assert.Equal((Definition.Format, "abc ####-####"), (refusal.Stored, refusal.Configured));
        Assert.Contains("Format", refusal.Message, StringComparison.Ordinal);
        await OpenStoreAsync(Definition);
    }

    [Fact]
    public async Task Another_consistency_is_refused()
    {
        await OpenStoreAsync(Definition);
        var refusal = await Assert.ThrowsAsync<CodePoolFormatMismatchException>(
            () => OpenStoreAsync(Definition with { Consistency = CodeConsistency.Journaled }));
        Assert.Equal(("Confirmed", "Journaled"), (refusal.Stored, refusal.Configured));
        Assert.Contains("Consistency", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pools_of_one_database_do_not_meet()
    {
        CodeStore other = await OpenStoreAsync(Definition);
        await Store.FillAsync(5);
        await other.FillAsync(3);
        Epoch mine = await Store.OpenProcessAsync();
        Epoch theirs = await other.OpenProcessAsync();
        Lease lease = await Store.LeaseAsync(mine, 2);
        Assert.Equal(LeaseOutcome.EpochClosed, (await other.TryLeaseAsync(mine, 1)).Outcome);
        Assert.Empty(await other.ConfirmAsync(mine, lease.All()));
        await Store.MarkAsync(mine, lease.Take(1));
        await other.RecoverAsync(theirs.Number);

        await Store.AssertLevelsAsync(available: 3, leased: 1, used: 1);
        await other.AssertLevelsAsync(unconfirmed: 3);
        Assert.Equal(CodeState.Used, await Store.StateAsync(1));
        Assert.Equal(CodeState.Unconfirmed, await other.StateAsync(1));
    }

    [Fact]
    public async Task Names_of_pools_are_compared_byte_by_byte()
    {
        await OpenStoreAsync(Definition);
        CodeStore other = await OpenStoreAsync(new PoolDefinition("Gift-Cards", "x", CodeConsistency.Journaled));
        await other.FillAsync(1);
        await other.AssertLevelsAsync(available: 1);
    }

    [Fact]
    public async Task A_cancelled_call_does_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Store.FillAsync(4);
        Epoch epoch = await Store.OpenProcessAsync();
        Lease lease = await Store.LeaseAsync(epoch, 2);
        Func<Task>[] calls =
        [
            async () => await Store.OpenEpochAsync(new EpochRequest(EpochKind.Process, Guid.NewGuid(), "x"), cancelled),
            async () => await Store.LeaseAsync(new LeaseRequest(epoch, Guid.NewGuid(), 1, 0), cancelled),
            async () => await Store.MarkAsync(epoch, lease.All(), cancelled),
            async () => await Store.ConfirmAsync(epoch, Guid.NewGuid(), lease.All(), cancelled),
            async () => await Store.SettleAsync(epoch, [new LeaseSettlement(lease.Number)], cancelled),
            async () => await Store.CloseEpochAsync(epoch, EpochCloseReason.Stale, cancelled),
            async () => await Store.RecoverAsync(new RecoveryRequest(epoch.Number, 0, 0, true), cancelled),
            async () => await Store.AdoptAsync(["new"], cancelled),
        ];
        foreach (Func<Task> call in calls)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(call);

        await Store.AssertLevelsAsync(available: 2, leased: 2);
        Assert.Equal(epoch, Assert.Single(await Store.GetEpochsAsync(Token)));
    }
}
