using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>Levels, audit and look-up: the sum holds at every step, and the audit finds every kind of fault.</summary>
public abstract class LevelsAndAuditContract<THarness> : StoreSuite<THarness>
    where THarness : StoreHarness, new()
{
    [Fact]
    public async Task The_sum_holds_after_every_step()
    {
        await Store.AssertLevelsAsync();
        await Store.FillAsync(20);
        await Store.AssertLevelsAsync(available: 20);
        Epoch epoch = await Store.OpenProcessAsync();
        Lease lease = await Store.LeaseAsync(epoch, 8);
        await Store.AssertLevelsAsync(available: 12, leased: 8);
        await Store.MarkAsync(epoch, lease.Take(3));
        await Store.AssertLevelsAsync(available: 12, leased: 5, used: 3);
        await Store.SettleAsync(epoch, lease, unseenFrom: 6);
        await Store.AssertLevelsAsync(available: 15, used: 3, unconfirmed: 2);
        await Store.MarkAsync(epoch, lease.At(3));
        await Store.AssertLevelsAsync(available: 15, used: 4, unconfirmed: 1);
        await Store.LeaseRunsAsync(epoch, 2);
        await Store.AssertLevelsAsync(available: 13, leased: 2, used: 4, unconfirmed: 1);
    }

    [Fact]
    public async Task A_code_is_found_where_it_is()
    {
        await PrepareAsync();
        await DamageAsync(StoreDamage.VoidCode, 3);
        Assert.Equal(CodeState.Used, await Store.StateAsync(1));
        Assert.Equal(CodeState.Leased, await Store.StateAsync(2));
        Assert.Equal(CodeState.Void, await Store.StateAsync(3));
        Assert.Equal(CodeState.Used, await Store.StateAsync(5));
        Assert.Equal(CodeState.Unconfirmed, await Store.StateAsync(7));
        Assert.Equal(CodeState.Available, await Store.StateAsync(9));
        Assert.Equal(CodeState.Available, await Store.StateAsync(12));
        Assert.Equal(CodeState.Available, await Store.StateAsync(13));
        Assert.Null(await Store.StateAsync("unknown"));
        Assert.Null(await Store.StateAsync(""));
        await Store.AssertLevelsAsync(available: 12, leased: 2, used: 2, unconfirmed: 3, @void: 1);
    }

    [Fact]
    public async Task Burned_codes_are_counted_by_reason_and_never_less()
    {
        await Store.FillAsync(20);
        EpochCloseReason[] reasons = [EpochCloseReason.Stopped, EpochCloseReason.Stale, EpochCloseReason.Operator];
        foreach (EpochCloseReason reason in reasons)
        {
            Epoch epoch = await Store.OpenProcessAsync();
            Lease lease = await Store.LeaseAsync(epoch, 2 + (int)reason);
            await Store.CloseAsync(epoch, reason);
            await Store.SettleClosedAsync(epoch);
            await Store.MarkAsync(epoch, lease.Take(1));
        }

        StoreLevels levels = await Store.AssertExactAsync();
        Assert.All(reasons, reason => Assert.Equal(2 + (int)reason, levels.Burned[reason]));
    }

    /// <summary>The control: an audit that finds nothing in a damaged database proves nothing in a sound one.</summary>
    [Theory]
    [InlineData(StoreDamage.DeleteCode, 1)]
    [InlineData(StoreDamage.DeleteCode, 3)]
    [InlineData(StoreDamage.DeleteCode, 6)]
    [InlineData(StoreDamage.DeleteCode, 14)]
    [InlineData(StoreDamage.DeleteCode, 20)]
    [InlineData(StoreDamage.UseCode, 6)]
    [InlineData(StoreDamage.UseCode, 10)]
    [InlineData(StoreDamage.UseCode, 14)]
    [InlineData(StoreDamage.VoidCode, 5)]
    [InlineData(StoreDamage.VoidCode, 6)]
    [InlineData(StoreDamage.VoidCode, 10)]
    [InlineData(StoreDamage.VoidCode, 20)]
    [InlineData(StoreDamage.ReopenCode, 5)]
    [InlineData(StoreDamage.ReturnCode, 1)]
    [InlineData(StoreDamage.ReturnCode, 2)]
    [InlineData(StoreDamage.ReturnCode, 5)]
    [InlineData(StoreDamage.ReturnCode, 6)]
    [InlineData(StoreDamage.ReturnCode, 10)]
    [InlineData(StoreDamage.ReturnCode, 14)]
    [InlineData(StoreDamage.DeleteLease, 2)]
    [InlineData(StoreDamage.DeleteLease, 7)]
    [InlineData(StoreDamage.StretchLease, 2)]
    [InlineData(StoreDamage.OrphanLease, 2)]
    [InlineData(StoreDamage.OrphanLease, 7)]
    [InlineData(StoreDamage.RaiseFilledTo, 0)]
    [InlineData(StoreDamage.RaiseSettledUsed, 0)]
    [InlineData(StoreDamage.RaiseSettledUnconfirmed, 0)]
    [InlineData(StoreDamage.RaiseSettledVoid, 0)]
    [InlineData(StoreDamage.LowerLeasedTo, 0)]
    public async Task The_audit_finds(StoreDamage damage, long number)
    {
        await PrepareAsync();
        await Store.AssertExactAsync();
        await DamageAsync(damage, number);

        CodePoolAudit audit = await Store.AuditAsync(Token);
        Assert.False(audit.IsExact);
        Assert.NotEmpty(audit.Findings);
        Assert.All(audit.Findings, finding => Assert.DoesNotContain("X00", finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_audit_finds_overlapping_leases()
    {
        await PrepareAsync();
        Epoch epoch = await Store.OpenProcessAsync();
        await Store.LeaseRunsAsync(epoch, 2);
        (await Store.LeaseRunsAsync(epoch, 2)).AssertNumbers(11, 12);
        await Store.AssertExactAsync();
        await DamageAsync(StoreDamage.StretchLease, 10);
        Assert.NotEmpty((await Store.AuditAsync(Token)).Findings);
    }

    /// <summary>20 codes: open lease 1-4 with 1 used; settled lease 5-8 with 5 used and the rest unconfirmed; 9-12 returned; 13-20 above the cursor.</summary>
    private async Task PrepareAsync()
    {
        await Store.FillAsync(20);
        Epoch epoch = await Store.OpenProcessAsync();
        Lease[] leases = [await Store.LeaseAsync(epoch, 4), await Store.LeaseAsync(epoch, 4), await Store.LeaseAsync(epoch, 4)];
        await Store.MarkAsync(epoch, [.. leases[0].Take(1), .. leases[1].Take(1)]);
        await Store.SettleAsync(epoch, leases[1]);
        await Store.SettleAsync(epoch, leases[2], unseenFrom: 9);
        await Store.AssertLevelsAsync(available: 12, leased: 3, used: 2, unconfirmed: 3);
    }
}
