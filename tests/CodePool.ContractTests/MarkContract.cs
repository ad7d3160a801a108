using CodePool.Providers;

namespace CodePool.ContractTests;

/// <summary>Mark: what left a cache becomes Used, however late; what has no place is evidence.</summary>
public abstract class MarkContract<THarness> : StoreSuite<THarness>
    where THarness : StoreHarness, new()
{
    private Epoch _epoch = null!;
    private Lease _lease = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Store.FillAsync(10);
        _epoch = await Store.OpenProcessAsync();
        _lease = await Store.LeaseAsync(_epoch, 6);
    }

    [Fact]
    public async Task Codes_of_an_open_lease_become_used()
    {
        Harness.Time.Advance(TimeSpan.FromMinutes(5));
        MarkResult result = await Store.MarkAsync(_epoch, _lease.At(4, 0, 2));
        Assert.Equal((3, 0), (result.Marked, result.Late));
        Assert.Empty(result.Unplaced);
        await Store.AssertLevelsAsync(available: 4, leased: 3, used: 3);
        CodeInfo info = Assert.IsType<CodeInfo>(await Store.FindAsync(_lease.Codes[4], Token));
        Assert.Equal((CodeState.Used, Harness.Time.GetUtcNow()), (info.State, info.UpdatedAt));
        Assert.Equal(TimeSpan.FromMinutes(5), info.UpdatedAt - info.CreatedAt);
    }

    [Fact]
    public async Task Codes_used_already_are_fine_and_count_nothing()
    {
        await Store.MarkAsync(_epoch, _lease.Take(2));
        CodeStore other = await OpenStoreAsync();
        MarkResult result = await other.MarkAsync(_epoch, _lease.Take(3));
        Assert.Equal((1, 0), (result.Marked, result.Late));
        await Store.AssertLevelsAsync(available: 4, leased: 3, used: 3);
    }

    [Fact]
    public async Task A_code_twice_in_a_batch_counts_once()
    {
        MarkResult result = await Store.MarkAsync(_epoch, _lease.At(1, 1, 2, 1));
        Assert.Equal((2, 0), (result.Marked, result.Late));
        await Store.SettleAsync(_epoch, _lease);
        MarkResult late = await Store.MarkAsync(_epoch, _lease.At(3, 3, 1));
        Assert.Equal((1, 1), (late.Marked, late.Late));
        await Store.AssertLevelsAsync(available: 4, used: 3, unconfirmed: 3);
    }

    [Fact]
    public async Task A_batch_may_hold_codes_of_many_leases()
    {
        Lease second = await Store.LeaseAsync(_epoch, 2);
        MarkResult result = await Store.MarkAsync(_epoch, [.. second.All(), .. _lease.Take(1)]);
        Assert.Equal(3, result.Marked);
        await Store.AssertLevelsAsync(available: 2, leased: 5, used: 3);
    }

    [Fact]
    public async Task An_empty_batch_is_nothing()
    {
        MarkResult result = await Store.MarkAsync(_epoch);
        Assert.Equal((0, 0, 0), (result.Marked, result.Late, result.Unplaced.Count));
    }

    [Fact]
    public async Task Marks_of_a_closed_epoch_are_written_while_its_leases_are_open()
    {
        await Store.CloseAsync(_epoch);
        MarkResult result = await Store.MarkAsync(_epoch, _lease.Take(2));
        Assert.Equal((2, 0), (result.Marked, result.Late));
        await Store.AssertLevelsAsync(available: 4, leased: 4, used: 2);
    }

    [Fact]
    public async Task A_late_mark_moves_unconfirmed_to_used()
    {
        await Store.MarkAsync(_epoch, _lease.At(1));
        await Store.CloseAsync(_epoch);
        await Store.SettleClosedAsync(_epoch);
        await Store.AssertLevelsAsync(available: 4, used: 1, unconfirmed: 5);

        MarkResult result = await Store.MarkAsync(_epoch, _lease.At(0, 1, 5));
        Assert.Equal((2, 2), (result.Marked, result.Late));
        Assert.Empty(result.Unplaced);
        StoreLevels levels = await Store.AssertLevelsAsync(available: 4, used: 3, unconfirmed: 3);
        Assert.Equal(5, levels.Burned[EpochCloseReason.Stale]);
        await Store.MarkAsync(_epoch, _lease.All());
        await Store.AssertLevelsAsync(available: 4, used: 6);
    }

    [Fact]
    public async Task An_unplaced_code_is_evidence_and_changes_nothing()
    {
        LeasedCode good = _lease.At(0)[0];
        LeasedCode[] hostile =
        [
            good with { Number = 2 },
            good with { Lease = 99 },
            good with { Code = "unknown" },
            good with { Number = 99 },
            new(_lease.Number, 7, TestCodes.Of(7)),
        ];
        foreach (LeasedCode code in hostile)
        {
            await AssertEvidenceAsync(_epoch, [.. _lease.At(3, 4), code]);
            await AssertEvidenceAsync(_epoch, [code, .. _lease.At(3, 4)]);
        }

        await AssertEvidenceAsync(_epoch with { Token = Guid.NewGuid() }, _lease.All());
        await Store.AssertLevelsAsync(available: 4, leased: 6);
    }

    [Fact]
    public async Task An_unplaced_code_does_not_undo_late_marks_halfway()
    {
        await Store.SettleAsync(_epoch, _lease);
        await AssertEvidenceAsync(_epoch, [.. _lease.Take(2), _lease.At(2)[0] with { Lease = 99 }]);
        await Store.AssertLevelsAsync(available: 4, unconfirmed: 6);
    }

    [Fact]
    public async Task A_code_that_was_returned_is_not_marked_by_its_last_holder()
    {
        await Store.SettleAsync(_epoch, _lease, unseenFrom: 1);
        await AssertEvidenceAsync(_epoch, _lease.Take(1));
        Epoch next = await Store.OpenProcessAsync();
        Lease again = (await Store.LeaseRunsAsync(next, 6))[0];
        Assert.Equal(1, again.First);
        await AssertEvidenceAsync(_epoch, _lease.Take(1));
        Assert.Equal(1, (await Store.MarkAsync(next, again.Take(1))).Marked);
        await Store.AssertLevelsAsync(available: 4, leased: 5, used: 1);
    }

    [Fact]
    public async Task A_code_that_another_way_made_used_is_no_evidence()
    {
        await Store.AdoptAsync(_lease.Codes[0], TestCodes.Of(9));
        MarkResult result = await Store.MarkAsync(
            _epoch, _lease.At(0)[0], new LeasedCode(77, 9, TestCodes.Of(9)), new LeasedCode(77, 1234, TestCodes.Of(9)));
        Assert.Equal((0, 0, 0), (result.Marked, result.Late, result.Unplaced.Count));
        await Store.AssertLevelsAsync(available: 3, leased: 5, used: 2);
    }

    private async Task AssertEvidenceAsync(Epoch epoch, LeasedCode[] codes)
    {
        StoreRewoundException refusal = await Assert.ThrowsAsync<StoreRewoundException>(() => Store.MarkAsync(epoch, codes));
        Assert.Equal(epoch.Number, refusal.EvidenceEpoch);
        foreach (LeasedCode code in codes)
            Assert.DoesNotContain(code.Code, refusal.ToString(), StringComparison.Ordinal);
    }
}
